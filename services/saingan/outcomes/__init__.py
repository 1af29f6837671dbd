"""The view that follows each graduation: fields kept (`history`), rules (`outcome`, `field_match`), table, view."""
