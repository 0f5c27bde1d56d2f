/// One field of a form, as `field.html` draws it.
pub(crate) struct Field<'a> {
    pub name: &'static str,
    pub label: &'static str,
    pub value: &'a str,
    pub kind: &'static str,
    pub class: &'static str,
}

pub(crate) fn field<'a>(
    name: &'static str,
    label: &'static str,
    value: &'a str,
    kind: &'static str,
    class: &'static str,
) -> Field<'a> {
    Field { name, label, value, kind, class }
}
