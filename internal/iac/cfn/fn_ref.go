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
	isList := kind == "CommaDelimitedList" || strings.Contains(kind, "List<")
	if strings.HasPrefix(kind, "AWS::SSM::Parameter::Value") {
		if isList {
			return unknownOf(p, "parameter "+name+" is looked up at deployment")
		}
		return textOf(s.own(name), p)
	}
	v := s.given(name, n)
	if !isList {
		v = permitted(v, name, n, p)
	}
	v.pos = p
	switch {
	case v.form == nothing && isList:
		return unknownOf(p, "parameter "+name+" has no value")
	case v.form == nothing:
		return textOf(s.own(name), p)
	case isList && v.form == text && symbolic(v.text):
		return unknownOf(p, "parameter "+name+" is known at deployment")
	case isList && v.form == text:
		return splitList(v.text, p)
	}
	return v
}

// given is a parameter's value: what a stack that nests this one passes, what the user gave, or the default; nothing where there is none.
func (s *stack) given(name string, n *node) value {
	if s.parent != nil {
		if v := s.passed(name); v.form != nothing {
			return v
		}
	} else if given, ok := s.project.options.Parameters[name]; ok {
		return textOf(given, build.Pos{})
	} else if given, ok := s.project.options.Stacks[s.file].Parameters[name]; ok {
		return textOf(given, build.Pos{})
	}
	if d := n.get("Default"); d != nil && d.kind == scalar {
		return textOf(d.text, d.pos)
	}
	return value{form: nothing}
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

// partition is where the stacks lie; aws where nothing says otherwise.
func (p *project) partition() string {
	if given, ok := p.options.Parameters["AWS::Partition"]; ok {
		return given
	}
	return build.PartitionOf(p.options.Parameters["AWS::Region"])
}

// text is a pseudo parameter within an ARN.
func (p *project) text(name string) string {
	if given, ok := p.options.Parameters[name]; ok {
		return given
	}
	return symbol(name)
}
