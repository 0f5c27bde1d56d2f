//! What an association is, and therefore what of the program it uses.

crate::codes! {
    /// Chosen when an installation is made.
    pub enum AssociationKind {
        /// People are members; a desk calls and is called.
        Union = "union",
        /// Organisations are members; colleagues travel to them.
        Trade = "trade",
    }
}

crate::codes! {
    /// What one kind of association uses and another does not. What is not used is out of sight; whoever knows the
    /// address can open it.
    pub enum Feature {
        /// Lists, the desk, promises, who is at work.
        CallCentre = "call_centre",
        /// The contact norm, the plan of the week, the report of a visit.
        Visits = "visits",
    }
}

impl AssociationKind {
    /// Whether it uses this unless somebody says otherwise.
    #[must_use]
    pub fn uses(self, feature: Feature) -> bool {
        match feature {
            Feature::CallCentre => self == Self::Union,
            Feature::Visits => self == Self::Trade,
        }
    }
}
