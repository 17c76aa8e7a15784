package remedy

import "fmt"

// USD writes an amount of US dollars for people: a trifle is not nothing, and what is saved has its sign.
func USD(amount float64) string {
	switch {
	case amount == 0:
		return "0 USD"
	case amount > 0 && amount < 0.01:
		return "< 0.01 USD"
	case amount < 0 && amount > -0.01:
		return "> -0.01 USD"
	}
	return fmt.Sprintf("%.2f USD", amount)
}
