package demo

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// batchSize is how many items BatchWriteItem takes.
const batchSize = 25

func fillTables(h *hand) error {
	for _, t := range tables() {
		if err := h.fill(t, 0, t.items); err != nil {
			return err
		}
	}
	return nil
}

// trade is a busy morning: new orders and payments, and changes to old ones, so that no two recovery points are alike.
func trade(round int) func(*hand) error {
	return func(h *hand) error {
		for _, name := range []string{"orders", "payments", "loyalty-points"} {
			t := find(name)
			if err := h.fill(t, t.items+20*round, 20); err != nil {
				return err
			}
		}
		return h.fill(find("stock-levels"), 5*round, 40)
	}
}

// fill writes count items of a table, from the given number on. An item that exists is written anew.
func (h *hand) fill(t table, from, count int) error {
	version := h.now().Unix()
	for n := 0; n < count; n += batchSize {
		var batch []types.WriteRequest
		for i := n; i < min(n+batchSize, count); i++ {
			batch = append(batch, types.WriteRequest{PutRequest: &types.PutRequest{Item: t.item(from+i, version)}})
		}
		in := &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{t.name: batch}}
		out, err := ask[dynamodb.BatchWriteItemOutput](h, "dynamodb", t.where(), in)
		if err != nil {
			return err
		}
		if len(out.UnprocessedItems) > 0 {
			return fmt.Errorf("write items of %s: some were left unprocessed", t.name)
		}
	}
	return nil
}

// item is the i-th item of the table.
func (t table) item(i int, version int64) map[string]types.AttributeValue {
	out := map[string]types.AttributeValue{
		"updated": number(version),
		"amount":  number(int64(499 + i*37%9500)),
		"lines":   lines(i),
		"address": text(fmt.Sprintf("%d %s, %s", i%190+1, pick(i, "Canal Street", "Rua do Almada", "Long Market", "Prinsengracht"), pick(i/4, "Porto", "Gdansk", "Rotterdam", "Cork"))),
		"note":    text(pick(i/3, "gift wrapped", "leave with the neighbour", "second try", "loose leaf only", "no chocolate")),
	}
	for _, name := range []string{t.hash, t.sort, t.index} {
		if name != "" {
			out[name] = text(attribute(name, i))
		}
	}
	return out
}

// lines are what somebody bought: items differ in size, as they do in life.
func lines(i int) types.AttributeValue {
	var out []types.AttributeValue
	for n := range i%5 + 1 {
		out = append(out, &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{
			"sku": text(attribute("sku", i+n)), "quantity": number(int64(n + 1)),
			"title": text(pick(i+n, "Sencha of the first harvest, 100 g", "Espresso roast, whole beans, 1 kg", "Cast iron kettle, 0.8 l", "Two cups of bone china, in a box")),
		}})
	}
	return &types.AttributeValueMemberL{Value: out}
}

// attribute is a plausible value: each key attribute is unique in i together with the other one.
func attribute(name string, i int) string {
	switch name {
	case "email":
		return fmt.Sprintf("%s.%d@example.com", pick(i, "ada", "grace", "edsger", "barbara", "tony", "frances"), i)
	case "status":
		return pick(i, "paid", "packed", "sent", "delivered")
	case "category":
		return pick(i, "green tea", "black tea", "coffee", "kettles", "cups")
	case "warehouse":
		return pick(i, "rotterdam", "gdansk", "porto")
	case "line":
		return fmt.Sprintf("%02d", i%7)
	case "valid_from":
		return fmt.Sprintf("2026-%02d-01", i%10+1)
	}
	return fmt.Sprintf("%s-%05d", name[:3], i)
}

func pick(i int, from ...string) string { return from[i%len(from)] }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}
