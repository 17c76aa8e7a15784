# What expressions come to, held against Terraform's own answers.
resource "terraform_data" "all" {
  input = {
    e000 = abs(-2)
    e001 = ceil(1.2)
    e002 = floor(1.8)
    e003 = max(1, 3, 2)
    e004 = min([3, 1]...)
    e005 = pow(2, 3)
    e006 = parseint("ff", 16)
    e007 = signum(-3)
    e008 = sum([1, 2, 3])
    e009 = chomp("a\n")
    e010 = endswith("abc", "bc")
    e011 = startswith("abc", "bc")
    e012 = strcontains("abc", "b")
    e013 = format("%s-%03d %q", "a", 7, "b")
    e014 = formatlist("%s!", ["a", "b"])
    e015 = indent(2, "a\nb")
    e016 = join("-", ["a", "b"])
    e017 = lower("A")
    e018 = upper("a")
    e019 = title("a b")
    e020 = strrev("abc")
    e021 = regex("[a-z]+", "12ab")
    e022 = regexall("[a-z]", "1a2b")
    e023 = replace("a.b", ".", "-")
    e024 = replace("a1b", "/[0-9]/", "-")
    e025 = split(",", "a,b")
    e026 = substr("hello", 1, 3)
    e027 = trim("?a?", "?")
    e028 = trimprefix("ab", "a")
    e029 = trimsuffix("ab", "b")
    e030 = trimspace(" a ")
    e031 = alltrue([])
    e032 = alltrue([true, "false"])
    e033 = anytrue([false, true])
    e034 = anytrue([])
    e035 = chunklist(["a", "b", "c"], 2)
    e036 = coalesce(null, "", "a")
    e037 = coalescelist([], ["a"])
    e038 = compact(["a", "", null])
    e039 = concat(["a"], ["b"])
    e040 = contains(["a"], "b")
    e041 = distinct(["a", "a"])
    e042 = element(["a", "b"], 3)
    e043 = flatten([["a"], [["b"]]])
    e044 = index(["a", "b"], "b")
    e045 = keys({ b = 1, a = 2 })
    e046 = length("héé")
    e047 = length({ a = 1 })
    e048 = lookup({ a = 1 }, "b", 2)
    e049 = lookup({ a = 1 }, "a")
    e050 = matchkeys(["i", "j"], ["a", "b"], ["b"])
    e051 = merge({ a = 1 }, { a = 2, b = 3 }, null)
    e052 = one(["a"])
    e053 = range(3)
    e054 = reverse([1, 2])
    e055 = setintersection(["a", "b"], ["b"])
    e056 = setsubtract(["a", "b"], ["b"])
    e057 = setunion(["a"], ["b"])
    e058 = setproduct(["a"], ["b", "c"])
    e059 = slice(["a", "b", "c"], 1, 2)
    e060 = sort(["b", "a"])
    e061 = transpose({ a = ["x", "y"] })
    e062 = values({ a = 1 })
    e063 = zipmap(["a"], [1])
    e064 = base64encode("a")
    e065 = base64decode("YQ==")
    e066 = csvdecode("a,b\n1,2\n")
    e067 = jsondecode("{\"a\": [1]}")
    e068 = jsonencode({ a = [1, "x"] })
    e069 = urlencode("a b/")
    e070 = yamldecode(file("tables/one.yaml"))
    e071 = file("a.txt")
    e072 = file("${path.module}/a.txt")
    e073 = fileexists("b.txt")
    e074 = fileexists("./a.txt")
    e075 = fileset("tables", "*.yaml")
    e076 = fileset(path.module, "tables/t*.yaml")
    e077 = basename("a/b.c")
    e078 = dirname("a/b.c")
    e079 = formatdate("YYYY", "2024-01-02T03:04:05Z")
    e080 = timeadd("2024-01-02T03:04:05Z", "1h")
    e081 = md5("a")
    e082 = sha1("a")
    e083 = length(sha256("a"))
    e084 = length(sha512("a"))
    e085 = can(regex("a", "b"))
    e086 = sensitive("a")
    e087 = nonsensitive("a")
    e088 = tobool("true")
    e089 = tolist(["a"])
    e090 = tomap({ a = 1 })
    e091 = tonumber("1")
    e092 = toset(["b", "a", "a"])
    e093 = tostring(1)
    e094 = core::upper("a")
    e095 = "plain"
    e096 = 1 + 2 * 3
    e097 = "n: ${1 + 1}"
    e098 = true ? "yes" : "no"
    e099 = [for s in ["a", "b"] : upper(s) if s != "a"]
    e100 = { for k, v in { a = 1 } : v => k }
    e101 = path.module
    e900 = <<-EOT
      %{for x in [1, 2]~}
      ${x}
      %{endfor~}
    EOT
    e901 = "a$${b}%%{c}"
    e902 = [for i, x in ["a", "b"] : "${i}=${x}"]
    e903 = { for x in ["a", "b", "c"] : substr(x, 0, 1) == "c" ? "z" : "y" => x... }
    e904 = "\u00e9\t\"x\""
    e905 = 0.1 + 0.2
    e906 = 10 / 3
    e907 = [1, 2, 3][-1 + 2]
    e908 = !(1 > 2) && 3 >= 3 || false
    e909 = "%{if true}yes%{else}no%{endif}"
    e910 = { a = { b = [{ c = 1 }] } }.a.b[0].c
    e911 = [{ x = 1 }, { x = 2 }][*].x
    e912 = cidrhost("10.12.112.0/20", 268)
    e913 = cidrhost("fd00:fd12:3456:7890:00a2::/72", 34)
    e914 = cidrhost("10.0.0.5/24", -1)
    e915 = cidrnetmask("172.16.0.0/12")
    e916 = cidrsubnet("172.16.0.0/12", 4, 2)
    e917 = cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)
    e918 = cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)
    e919 = cidrsubnets("fd00:fd12:3456:7890::/56", 16, 16, 16, 32)
    e920 = templatestring(local.text, { a = 1 })
    e921 = base64sha256("a")
    e922 = base64sha512("a")
    e923 = filebase64("a.txt")
    e924 = filesha256("a.txt")
    e925 = filebase64sha512("a.txt")
    e926 = timecmp("2024-01-02T03:04:05Z", "2024-01-02T03:04:05+01:00")
    e927 = cidrsubnets("10.1.0.0/16", 8, 2, 4)
  }
}

locals {
  text = "x$${a}"
}
