package cfn

import (
	"strconv"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// trail reads AWS::CloudTrail::Trail
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-trail.html).
func (r *resource) trail() estate.Trail {
	k, u := r.properties, r.properties.b.Unit
	t := estate.Trail{ID: r.identity(), ARN: r.reference("Arn"), Name: r.reference(""), HomeRegion: build.Undeployed[string](k.b, r.at),
		MultiRegion: or(k, k.flag("IsMultiRegionTrail"), false), Organization: or(k, k.flag("IsOrganizationTrail"), false),
		Bucket: k.name("S3BucketName"), LogGroup: k.name("CloudWatchLogsLogGroupArn"), Logging: k.flag("IsLogging"),
		DeliveryError: build.Undeployed[string](k.b, r.at)}
	if region, ok := u.Region.Get(); ok {
		t.HomeRegion = build.Known(k.b, region, r.at)
	}
	r.readSelectors(&t)
	return t
}

// readSelectors: a trail has basic selectors or advanced ones; with neither, it records management events of all kinds.
func (r *resource) readSelectors(t *estate.Trail) {
	k := r.properties
	basic, basicWhole := k.blocks("EventSelectors")
	advanced, advancedWhole := k.blocks("AdvancedEventSelectors")
	t.Selectors.Whole, t.Advanced.Whole = basicWhole, advancedWhole
	for i, s := range basic {
		t.Selectors.Items = append(t.Selectors.Items, eventSelector(s, t.ID+"/"+strconv.Itoa(i)))
	}
	for i, s := range advanced {
		t.Advanced.Items = append(t.Advanced.Items, estate.AdvancedSelector{ID: t.ID + "/" + strconv.Itoa(i), Name: s.name("Name"),
			Fields: listOf(s, "FieldSelectors", selectorField)})
	}
	if len(basic)+len(advanced) == 0 && basicWhole.IsKnown() && advancedWhole.IsKnown() {
		none := block{b: k.b, at: r.at, v: value{form: nothing, pos: r.at}}
		t.Selectors.Items = append(t.Selectors.Items, eventSelector(none, t.ID+"/0"))
	}
}

func eventSelector(k block, id string) estate.EventSelector {
	return estate.EventSelector{ID: id, ReadWrite: or(k, k.word("ReadWriteType"), "All"), Management: or(k, k.flag("IncludeManagementEvents"), true),
		Excluded: or(k, k.names("ExcludeManagementEventSources"), []string{}),
		Data: listOf(k, "DataResources", func(r *items, v value) estate.DataResource {
			return estate.DataResource{Type: r.word(v, "Type"), Values: r.names(v, "Values")}
		})}
}

func selectorField(r *items, v value) estate.SelectorField {
	return estate.SelectorField{Field: r.word(v, "Field"), Equals: r.names(v, "Equals"), StartsWith: r.names(v, "StartsWith"),
		EndsWith: r.names(v, "EndsWith"), NotEquals: r.names(v, "NotEquals"), NotStartsWith: r.names(v, "NotStartsWith"),
		NotEndsWith: r.names(v, "NotEndsWith")}
}
