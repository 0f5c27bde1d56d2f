use kernel::{PersonName, name_tokens};

/// The words under which a person is found.
pub(crate) fn words(name: &PersonName) -> Vec<String> {
    let mut words = name_tokens(&name.surname);
    words.extend(name_tokens(&name.first_name));
    words.extend(name_tokens(&name.call_name));
    // Initials run together (`PJ`), so that `pj jansen` finds P.J. Jansen; its prefix `p` does too.
    let initials: String = name_tokens(&name.initials).concat();
    if !initials.is_empty() {
        let in_order: String = name.initials.chars().filter(|c| c.is_alphanumeric()).collect();
        words.push(kernel::name_token(&in_order));
    }
    words.sort_unstable();
    words.dedup();
    words
}
