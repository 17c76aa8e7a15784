package terraform

import (
	"strconv"

	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/iac/build"
)

// trail reads aws_cloudtrail
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudtrail).
func (d *declaration) trail() estate.Trail {
	k := d.block
	t := estate.Trail{ID: d.ID(), ARN: d.attribute("arn"), Name: d.name("name"), HomeRegion: build.Undeployed[string](d.b, d.At),
		MultiRegion: or(k, d.flag("is_multi_region_trail"), false), Organization: or(k, d.flag("is_organization_trail"), false),
		Bucket: d.name("s3_bucket_name"), LogGroup: d.name("cloud_watch_logs_group_arn"), Logging: or(k, d.flag("enable_logging"), true),
		DeliveryError: build.Undeployed[string](d.b, d.At)}
	if region := stated(d.Region); region != "" {
		t.HomeRegion = build.Known(d.b, region, d.At)
	}
	d.readSelectors(&t)
	return t
}

// readSelectors: a trail has basic selectors or advanced ones; with neither, it records management events of all kinds.
func (d *declaration) readSelectors(t *estate.Trail) {
	basic, basicWhole := d.blocks("event_selector")
	advanced, advancedWhole := d.blocks("advanced_event_selector")
	t.Selectors.Whole, t.Advanced.Whole = basicWhole, advancedWhole
	for i, s := range basic {
		t.Selectors.Items = append(t.Selectors.Items, eventSelector(s, t.ID+"/"+strconv.Itoa(i)))
	}
	for i, s := range advanced {
		t.Advanced.Items = append(t.Advanced.Items, estate.AdvancedSelector{ID: t.ID + "/" + strconv.Itoa(i), Name: s.name("name"),
			Fields: items(s, "field_selector", selectorField)})
	}
	if len(basic)+len(advanced) == 0 && basicWhole.IsKnown() && advancedWhole.IsKnown() {
		t.Selectors.Items = append(t.Selectors.Items, eventSelector(d.nothing(), t.ID+"/0"))
	}
}

func eventSelector(k block, id string) estate.EventSelector {
	return estate.EventSelector{ID: id, ReadWrite: or(k, k.word("read_write_type"), "All"), Management: or(k, k.flag("include_management_events"), true),
		Excluded: or(k, k.names("exclude_management_event_sources"), []string{}),
		Data: items(k, "data_resource", func(r block) (estate.DataResource, estate.Ref) {
			kind, values := r.word("type"), r.names("values")
			return estate.DataResource{Type: kind.Or(""), Values: values.Or(nil)}, doubt(kind.Ref(), values.Ref())
		})}
}

func selectorField(k block) (estate.SelectorField, estate.Ref) {
	field := k.word("field")
	lists := map[string]estate.Fact[[]string]{}
	refs := []estate.Ref{field.Ref()}
	for _, name := range []string{"equals", "starts_with", "ends_with", "not_equals", "not_starts_with", "not_ends_with"} {
		lists[name] = k.names(name)
		refs = append(refs, lists[name].Ref())
	}
	texts := func(name string) []string {
		if list := lists[name].Or(nil); len(list) > 0 {
			return list
		}
		return nil
	}
	return estate.SelectorField{Field: field.Or(""), Equals: texts("equals"), StartsWith: texts("starts_with"), EndsWith: texts("ends_with"),
		NotEquals: texts("not_equals"), NotStartsWith: texts("not_starts_with"), NotEndsWith: texts("not_ends_with")}, doubt(refs...)
}

// addTrails shows each trail in its own Region, and one of all Regions in all.
func (a *assembly) addTrails() {
	for _, d := range a.trails {
		if !sure(d, &d.b.Unit.Trails.Whole) {
			continue
		}
		all := or(d.block, d.flag("is_multi_region_trail"), false)
		for _, b := range a.everywhere(d) {
			if b == d.b || all.IsUnknown() || all.Or(false) {
				b.Unit.Trails.Items = append(b.Unit.Trails.Items, d.in(b).trail())
			}
		}
	}
}
