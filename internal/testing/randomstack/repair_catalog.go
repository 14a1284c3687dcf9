package randomstack

// repairCatalog names an owner that Backstage takes:
// that of all where an overlay may have another.
func (d *drawing) repairCatalog(catalog object, overlays []any) {
	b := child(catalog, "backstage")
	if b == nil {
		return
	}
	if d.focused("catalog.backstage.owner") && d.chance(0.5) { // about has it then, for all overlays
		b["owner"] = nil
		for _, o := range overlays {
			delete(child(o.(object), "about"), "owner")
		}
		if child(catalog, "about") == nil {
			catalog["about"] = object{}
		}
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
