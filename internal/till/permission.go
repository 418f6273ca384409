package till

// Permission is something that not everybody may do.
type Permission string

// The permissions, in the order of the table in permission.go.
const (
	MaySell          Permission = "sell"           // ring up, hold, recall and take payment
	MayDiscount      Permission = "discount"       // take something off by hand
	MayOverridePrice Permission = "override_price" // sell at another price than the catalogue's
	MaySellOpenItem  Permission = "open_item"      // sell what the catalogue does not know
	MayReturn        Permission = "return"         // take back and pay back
	MayVoid          Permission = "void"           // undo a sale of the day
	MayOpenDrawer    Permission = "open_drawer"    // pay in and out of the drawer
	MayShift         Permission = "shift"          // open, count and close one's own shift
	MayCloseDay      Permission = "close_day"      // X and Z, close the batch
	MayAdjustStock   Permission = "adjust_stock"   // receive, waste, adjust, stocktake
	MayEditCatalogue Permission = "edit_catalogue" // items, prices, taxes, promotions
	MayEditMembers   Permission = "edit_members"   // customers and their points
	MayEditStaff     Permission = "edit_staff"     // members, roles, PINs
	MayReadReports   Permission = "read_reports"
	MayReadTxns      Permission = "read_transactions"
	MayResolve       Permission = "resolve" // settle what is open
	MayDecide        Permission = "decide"  // end an exception by one's word
)

// Grant is what a role has of a permission.
type Grant string

// The grants.
const (
	Allow   Grant = "allow"
	Approve Grant = "approve" // with the PIN of somebody who is allowed
	Deny    Grant = "deny"
)

// PermissionRow is a permission and what each role has of it.
type PermissionRow struct {
	Permission Permission
	Grants     map[Role]Grant
}

// PermissionTable is the whole of who may do what; there is no other place that says so.
func PermissionTable() []PermissionRow {
	row := func(p Permission, cashier, manager, admin, support, auditor Grant) PermissionRow {
		return PermissionRow{p, map[Role]Grant{Cashier: cashier, Manager: manager, Admin: admin, Support: support, Auditor: auditor}}
	}
	return []PermissionRow{
		//                     cashier  manager  admin  support  auditor
		row(MaySell, Allow, Allow, Allow, Deny, Deny),
		row(MayDiscount, Approve, Allow, Allow, Deny, Deny),
		row(MayOverridePrice, Approve, Allow, Allow, Deny, Deny),
		row(MaySellOpenItem, Allow, Allow, Allow, Deny, Deny),
		row(MayReturn, Approve, Allow, Allow, Deny, Deny),
		row(MayVoid, Approve, Allow, Allow, Deny, Deny),
		row(MayOpenDrawer, Approve, Allow, Allow, Deny, Deny),
		row(MayShift, Allow, Allow, Allow, Deny, Deny),
		row(MayCloseDay, Deny, Allow, Allow, Deny, Deny),
		row(MayAdjustStock, Deny, Allow, Allow, Deny, Deny),
		row(MayEditCatalogue, Deny, Allow, Allow, Deny, Deny),
		row(MayEditMembers, Allow, Allow, Allow, Deny, Deny),
		row(MayEditStaff, Deny, Deny, Allow, Deny, Deny),
		row(MayReadReports, Deny, Allow, Allow, Deny, Allow),
		row(MayReadTxns, Allow, Allow, Allow, Allow, Allow),
		row(MayResolve, Deny, Allow, Allow, Allow, Deny),
		row(MayDecide, Approve, Allow, Allow, Deny, Deny),
	}
}

// Grant is what the role has of a permission; an unknown one of either is denied.
func (r Role) Grant(p Permission) Grant {
	for _, row := range PermissionTable() {
		if row.Permission == p {
			if g, ok := row.Grants[r]; ok {
				return g
			}
		}
	}
	return Deny
}
