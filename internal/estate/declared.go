package estate

// Declared says where templates declare a resource of a unit. A block that declares several, by a count or with replicas, has one for each.
type Declared struct {
	ID      string `json:"id"`      // of the resource within the unit
	Address string `json:"address"` // by which people know it: "Orders", `module.shop.aws_dynamodb_table.orders["eu"]`
	File    string `json:"file"`
	Line    int    `json:"line"`             // at which its block begins, counted from 1
	Column  int    `json:"column,omitempty"` // likewise
}
