package dynamodb

import (
	"errors"
	"fmt"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/dynamodb/item"
)

// fail makes an error answer.
func fail(code, format string, args ...any) error {
	return &api.Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// invalid makes a ValidationException.
func invalid(format string, args ...any) error { return fail("ValidationException", format, args...) }

// answer turns an item.Error into the ValidationException it stands for.
func answer(err error) error {
	var e item.Error
	if errors.As(err, &e) {
		return invalid("%s", string(e))
	}
	return err
}

func notFound(name string) error {
	return fail("ResourceNotFoundException", "Requested resource not found: Table: %s not found", name)
}

func tableNotFound(name string) error {
	return fail("TableNotFoundException", "Table not found: %s", name)
}

// unsupported refuses a parameter that the simulator lacks.
func unsupported(operation, parameter string) error {
	return invalid("%s: the simulator does not implement the legacy parameter %s; use expressions", operation, parameter)
}
