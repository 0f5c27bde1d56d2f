//! Elements of a message, one after the other into a buffer that its reader empties.

use jiff::Timestamp;
use kernel::Cents;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// Writes XML. Writing into memory cannot fail.
pub(super) struct Xml(Writer<Vec<u8>>);

const IN_MEMORY: &str = "memory takes everything";

impl Xml {
    /// Begins a document of this namespace.
    pub(super) fn document(namespace: &str) -> Self {
        let mut xml = Self(Writer::new(Vec::new()));
        xml.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        let root = BytesStart::new("Document").with_attributes([("xmlns", namespace)]);
        xml.put(Event::Start(root));
        xml
    }

    fn put(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect(IN_MEMORY);
    }

    pub(super) fn open(&mut self, name: &str) {
        self.put(Event::Start(BytesStart::new(name)));
    }

    pub(super) fn close(&mut self, name: &str) {
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element with others inside.
    pub(super) fn inside(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.open(name);
        inner(self);
        self.close(name);
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.open(name);
        self.put(Event::Text(BytesText::new(text)));
        self.close(name);
    }

    /// Several elements around one text: `Id/IBAN`.
    pub(super) fn path(&mut self, names: &[&str], text: &str) {
        match names {
            [] => {}
            [last] => self.text(last, text),
            [first, rest @ ..] => self.inside(first, |xml| xml.path(rest, text)),
        }
    }

    pub(super) fn euros(&mut self, name: &str, cents: Cents) {
        self.put(Event::Start(BytesStart::new(name).with_attributes([("Ccy", "EUR")])));
        self.put(Event::Text(BytesText::new(&cents.decimal())));
        self.close(name);
    }

    /// An instant without fractions, as banks write it.
    pub(super) fn instant(&mut self, name: &str, at: Timestamp) {
        self.text(name, &kernel::local(at).strftime("%Y-%m-%dT%H:%M:%S").to_string());
    }

    /// What was written since it was last taken.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(self.0.get_mut())
    }
}
