package cfn

import (
	"strings"

	"github.com/restorable/restorable/internal/iac/build"
)

// ref evaluates Ref: of a parameter, a pseudo parameter or a resource
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html).
func (s *stack) ref(n *node, p build.Pos) value {
	if n == nil || n.kind != scalar {
		return malformed(p, "Ref")
	}
	return s.named(n.text, p)
}

func (s *stack) named(name string, p build.Pos) value {
	if strings.HasPrefix(name, "AWS::") {
		return s.pseudo(name, p)
	}
	if parameter := s.root.get("Parameters").get(name); parameter != nil {
		return s.parameter(name, parameter, p)
	}
	if s.resource(name) != nil {
		return textOf(s.reference(name, ""), p)
	}
	return unknownOf(p, "the template declares nothing that is called "+name)
}

// parameter is the value that was given, or else the default. Those of SSM are looked up at deployment.
func (s *stack) parameter(name string, n *node, p build.Pos) value {
	kind := ""
	if t := n.get("Type"); t != nil {
		kind = t.text
	}
	given, ok := s.project.options.Parameters[name]
	if d := n.get("Default"); !ok && d != nil && d.kind == scalar {
		given, ok = d.text, true
	}
	isList := kind == "CommaDelimitedList" || strings.Contains(kind, "List<")
	switch {
	case strings.HasPrefix(kind, "AWS::SSM::Parameter::Value") && isList:
		return unknownOf(p, "parameter "+name+" is looked up at deployment")
	case strings.HasPrefix(kind, "AWS::SSM::Parameter::Value"):
		return textOf(s.own(name), p)
	case !ok && isList:
		return unknownOf(p, "parameter "+name+" has no value")
	case !ok:
		return textOf(s.own(name), p)
	case isList:
		return splitList(given, p)
	}
	return textOf(given, p)
}

func splitList(given string, p build.Pos) value {
	out := value{form: listing, pos: p}
	for _, part := range strings.Split(given, ",") {
		out.items = append(out.items, textOf(strings.TrimSpace(part), p))
	}
	return out
}

// pseudo is a pseudo parameter. Region and account are the same for all that is given together.
func (s *stack) pseudo(name string, p build.Pos) value {
	if given, ok := s.project.options.Parameters[name]; ok {
		return textOf(given, p)
	}
	switch name {
	case "AWS::NoValue":
		return value{form: nothing, pos: p}
	case "AWS::Partition":
		return textOf(s.project.partition(), p)
	case "AWS::URLSuffix":
		if s.project.partition() == "aws-cn" {
			return textOf("amazonaws.com.cn", p)
		}
		return textOf("amazonaws.com", p)
	case "AWS::Region", "AWS::AccountId":
		return textOf(symbol(name), p)
	case "AWS::NotificationARNs":
		return unknownOf(p, name+" is known at deployment")
	}
	return textOf(s.own(name), p)
}

// partition is where a Region lies; aws where nothing says otherwise.
func (p *project) partition() string {
	if given, ok := p.options.Parameters["AWS::Partition"]; ok {
		return given
	}
	switch region := p.options.Parameters["AWS::Region"]; {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// text is a pseudo parameter within an ARN.
func (p *project) text(name string) string {
	if given, ok := p.options.Parameters[name]; ok {
		return given
	}
	return symbol(name)
}
