tables = {
  orders = {
    days   = 7
    stream = "NEW_IMAGE"
    tags   = { tier = "gold", owner = "orders" }
  }
  users = {}
  cache = { pitr = false }
}
