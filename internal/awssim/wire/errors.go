package wire

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/model"
)

// invalid dresses the violated constraints as each service answers them.
func (c *Codec) invalid(k *checker, message string) *api.Error {
	switch c.Model.Name {
	case "backup":
		// UNCONFIRMED: AWS Backup's wording for shape violations; its codes are the modelled ones.
		if k.missing != "" {
			return &api.Error{Code: "MissingParameterValueException", Message: message}
		}
		return &api.Error{Code: "InvalidParameterValueException", Message: message}
	case "organizations":
		return &api.Error{Code: "InvalidInputException", Message: message}
	case "resourcegroupstaggingapi":
		return &api.Error{Code: "InvalidParameterException", Message: message}
	case "ec2":
		if k.missing != "" {
			return &api.Error{Code: "MissingParameter", Message: "The request must contain the parameter " + k.missing}
		}
		return &api.Error{Code: "InvalidParameterValue", Message: message}
	case "iam", "sts":
		return &api.Error{Code: "ValidationError", Message: message}
	case "kinesis":
		return &api.Error{Code: "ValidationException", Message: message}
	case "cloudwatch":
		if k.missing != "" {
			return &api.Error{Code: "MissingRequiredParameterException", Message: message}
		}
		return &api.Error{Code: "InvalidParameterValueException", Message: message}
	}
	return &api.Error{Code: "ValidationException", Message: message}
}

// EncodeError writes an error answer.
func (c *Codec) EncodeError(p Protocol, e *api.Error, requestID string) Response {
	shape := c.errorShape(e.Code)
	r := Response{Status: c.errorStatus(p, e, shape), Header: http.Header{}}
	c.contentType(p, r.Header)
	switch p {
	case Query:
		r.Body = c.queryError(e, shape, requestID, r.Status)
	case EC2:
		r.Body = ec2Error(e, requestID)
	case CBOR:
		r.Body = c.cborError(e, shape)
	case RESTJSON:
		r.Header.Set("X-Amzn-Errortype", e.Code)
		r.Body = c.jsonError(e, shape, "")
	default:
		r.Body = c.jsonError(e, shape, c.errorType(e.Code, shape))
	}
	// A service that once spoke the query protocol still tells its clients the code of those days.
	if (p == CBOR || p == JSON) && shape != nil && shape.Error != nil && c.Model.Speaks("query") {
		r.Header.Set("X-Amzn-Query-Error", shape.Error.Code+";Sender")
	}
	return r
}

// errorShape finds the exception by its shape's name or by its code on the query protocols.
func (c *Codec) errorShape(code string) *model.Shape {
	if s := c.Model.Shapes[code]; s != nil && s.Exception {
		return s
	}
	for _, s := range c.Model.Shapes {
		if s.Exception && s.Error != nil && s.Error.Code == code {
			return s
		}
	}
	return nil
}

func (c *Codec) errorStatus(p Protocol, e *api.Error, s *model.Shape) int {
	switch {
	case e.Status != 0:
		return e.Status
	case s != nil && s.Error != nil && s.Error.HTTPStatusCode != 0:
		return s.Error.HTTPStatusCode
	case strings.HasPrefix(e.Code, "AccessDenied") && p != JSON && p != CBOR:
		return http.StatusForbidden
	case s != nil && s.Fault:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// errorType is the __type of the JSON protocols. DynamoDB's carries a namespace: its own for modelled shapes, else that of the framework it is built with.
func (c *Codec) errorType(code string, s *model.Shape) string {
	if !strings.HasPrefix(c.Model.Name, "dynamodb") {
		return code
	}
	switch {
	case s != nil:
		return "com.amazonaws.dynamodb.v20120810#" + code
	case code == "ValidationException":
		return "com.amazon.coral.validate#" + code
	}
	return "com.amazon.coral.service#" + code
}

func (c *Codec) jsonError(e *api.Error, s *model.Shape, typ string) []byte {
	b := []byte{'{'}
	if typ != "" {
		b = append(appendString(append(b, `"__type":`...), typ), ',')
	}
	b = append(appendString(b, messageMember(s)), ':')
	b = appendString(b, e.Message)
	for _, name := range fieldNames(e.Fields) {
		v := reflect.ValueOf(e.Fields[name])
		if !v.IsValid() || absent(v) {
			continue
		}
		b = append(appendString(append(b, ','), wireName(s, name)), ':')
		b = c.appendField(b, s, name, v)
	}
	return append(b, '}')
}

// appendField writes a further member of an error after the model where it names one.
func (c *Codec) appendField(b []byte, s *model.Shape, name string, v reflect.Value) []byte {
	if s != nil {
		if m := s.Lookup(name); m != nil {
			return c.appendValue(b, m, v)
		}
	}
	return appendScalar(b, &model.Ref{Shape: &model.Shape{Type: "string"}}, deref(v))
}

func wireName(s *model.Shape, name string) string {
	if s != nil {
		if m := s.Lookup(name); m != nil {
			return m.Wire()
		}
	}
	return name
}

// messageMember is "message" or "Message", as the model has it.
func messageMember(s *model.Shape) string {
	if s != nil {
		for _, m := range s.Members {
			if strings.EqualFold(m.Name, "message") {
				return m.Wire()
			}
		}
	}
	return "message"
}

func fieldNames(fields map[string]any) []string { return keysOf(fields) }

func queryCode(e *api.Error, s *model.Shape) string {
	if s != nil && s.Error != nil && s.Error.Code != "" {
		return s.Error.Code
	}
	return e.Code
}

func (c *Codec) queryError(e *api.Error, s *model.Shape, requestID string, status int) []byte {
	w := &xmlWriter{codec: c}
	w.WriteString(`<ErrorResponse xmlns="` + c.Model.Metadata.XMLNamespace + `">`)
	w.open("Error")
	if status < http.StatusInternalServerError {
		w.leaf("Type", "Sender")
	} else {
		w.leaf("Type", "Receiver")
	}
	w.leaf("Code", queryCode(e, s))
	w.leaf("Message", e.Message)
	w.close("Error")
	w.leaf("RequestId", requestID)
	w.close("ErrorResponse")
	return w.Bytes()
}

func ec2Error(e *api.Error, requestID string) []byte {
	w := &xmlWriter{}
	w.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	w.open("Response")
	w.open("Errors")
	w.open("Error")
	w.leaf("Code", e.Code)
	w.leaf("Message", e.Message)
	w.close("Error")
	w.close("Errors")
	w.leaf("RequestID", requestID)
	w.close("Response")
	return w.Bytes()
}

func (c *Codec) cborError(e *api.Error, s *model.Shape) []byte {
	typ := e.Code
	if s != nil {
		typ = s.Name
	}
	out := cbor.Map{"__type": cbor.String(typ), messageMember(s): cbor.String(e.Message)}
	for name, v := range e.Fields {
		if field := reflect.ValueOf(v); field.IsValid() && !absent(field) {
			out[name] = cborLeaf(deref(field))
		}
	}
	return cbor.Encode(out)
}

// Date writes a moment as the Date header wants it.
func Date(t time.Time) string { return t.UTC().Format(http.TimeFormat) }

// Length writes a Content-Length.
func Length(body []byte) string { return strconv.Itoa(len(body)) }

// RESTXMLError is an error as S3 and other services outside this simulator would write it.
func RESTXMLError(e *api.Error, requestID string) Response {
	w := &xmlWriter{}
	w.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	w.open("Error")
	w.leaf("Code", e.Code)
	w.leaf("Message", e.Message)
	w.leaf("RequestId", requestID)
	w.close("Error")
	return Response{Status: http.StatusBadRequest, Header: http.Header{"Content-Type": {"application/xml"}}, Body: w.Bytes()}
}
