package randomstack

// repairCatalog names an owner that Backstage takes:
// that of all where an overlay may have another.
func (d *drawing) repairCatalog(catalog object, overlays []any) {
	b := child(catalog, "backstage")
	if b == nil {
		return
	}
	ownOwner := false
	for _, o := range overlays {
		o := o.(object)
		_, written := child(o, "about")["owner"]
		ownOwner = ownOwner || written
	}
	if b["owner"] != nil {
		return
	}
	if about := child(catalog, "about"); about != nil && !ownOwner {
		about["owner"] = d.value("catalog.backstage.owner", nil)
		return
	}
	b["owner"] = d.value("catalog.backstage.owner", nil)
}
