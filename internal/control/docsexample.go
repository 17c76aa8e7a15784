package control

// exampleProse is a whole control with a scenario file; the tests take both out of it and run them.
const exampleProse = `## From nothing to a control that is tested

The file ` + "`my-controls/owned-tables.yaml`" + `, whose first line lets an editor complete and check it
([schema](../schemas/control-v1.schema.json)):

` + "```yaml" + `
# yaml-language-server: $schema=control-v1.schema.json
id: owned-tables
title: Somebody owns the table
description: In an emergency somebody must be asked, and nobody has time to find out whom.
severity: medium
level: 1
kind: preventative
resource: table
parameters:
  - {name: owner_tag, type: string, default: owner, description: key of the tag that names the owner}
passes: params.owner_tag in table.tags
reasons:
  pass: '{table.name} is owned by {table.tags[params.owner_tag]}'
  fail: '{table.name} has no tag {params.owner_tag}: nobody could be asked'
  unknown: 'tags of {table.name} could not be read: {missing}'
by_hand:
  commands: ['aws dynamodb list-tags-of-resource --resource-arn {table.arn} --region {region}']
  console: DynamoDB > Tables > (table) > Additional settings > Tags
references: ['https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html']
examples:
  - {name: owned, verdict: PASS, resource: orders, unit: {tables: [{id: orders, name: orders, tags: {owner: payments}}]}}
  - {name: not owned, verdict: FAIL, resource: orders, reason: nobody could be asked, unit: {tables: [{id: orders, name: orders, tags: {}}]}}
  - {name: denied, verdict: UNKNOWN, resource: orders, unit: {tables: [{id: orders, name: orders}]}}
` + "```" + `

Examples belong to a control. What a team expects of several controls together, built-in ones too, stands in *scenario files*: fragments of an
estate, and the verdicts that they must lead to. The file ` + "`my-controls/scenarios/shop.yaml`" + ` ([schema](../schemas/scenario-v1.schema.json)):

` + "```yaml" + `
# yaml-language-server: $schema=scenario-v1.schema.json
name: the tables of a shop
base:
  {account: "111122223333", region: eu-west-1, now: 2026-11-21T12:00:00Z, reached: true,
   tables: [{id: orders, name: orders, status: ACTIVE, deletion_protection: true, tags: {owner: payments}}]}
cases:
  - name: in production
    expect:
      - {control: owned-tables, resource: orders, verdict: PASS, reason: owned by payments}
      - {control: deletion-protection, resource: orders, verdict: PASS}
  - name: another key
    parameters: {owner_tag: team}
    expect:
      - {control: owned-tables, resource: orders, verdict: FAIL}
  - name: nobody owns it
    change: {tables.0.tags: {}}
    expect:
      - {control: owned-tables, resource: orders, verdict: FAIL}
  - name: nobody may look
    forget: [tables.0.tags, tables.0.deletion_protection]
    expect:
      - {control: owned-tables, verdict: UNKNOWN}
      - {control: deletion-protection, verdict: UNKNOWN}
` + "```" + `

- ` + "`restorable controls test --controls my-controls`" + ` runs every example, and the files of the folder ` + "`scenarios`" + ` in it; files and folders
  elsewhere are named behind it. Exit code 1: something does not hold, and its file and line are told; 2: a file has a mistake.
- ` + "`restorable scan --controls my-controls`" + ` asks them beside the default profile; they may be muted, attested and mapped to by frameworks of your own
  (folder ` + "`frameworks`" + `) as any other.
- A case has one ` + "`unit`" + ` or several ` + "`units`" + `, or takes the ` + "`base`" + ` and changes it. An expectation may name ` + "`account`" + ` and ` + "`region`" + `
  where several units have a resource of one name. ` + "`parameters`" + ` are set as an objective would set them.
- A control sees the estate and nothing else: there is no function that reads a file, a clock, the environment or the network. It cannot run away: what
  could take more than 100,000,000 steps is refused at load, an evaluation ends after 2,000,000, and a control that takes too many in one account and
  Region is not asked of the rest of it. What was cut off is UNKNOWN and listed among the problems, never PASS.

`
