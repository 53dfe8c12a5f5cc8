//! Writes the profile that a choice comes to, with the reason of each line and what is to be checked.

use std::fmt::Write as _;

use tutela_model::Phrase;

use super::super::hashes::HashKind;
use super::super::profile::Format;
use super::choice::{Choice, Chosen};
use super::columns::Column;
use super::fields::Takes;
use super::headers::{match_of, our_word};
use super::layout::Layout;
use super::values::Kind;

/// A profile being written.
pub(super) struct Proposal<'a> {
    pub layout: &'a Layout,
    pub columns: &'a [Column],
    pub choice: &'a Choice,
    pub say: &'a dyn Fn(&Phrase) -> String,
    /// What is to be checked.
    pub doubts: Vec<Phrase>,
    text: String,
}

impl<'a> Proposal<'a> {
    pub fn new(
        layout: &'a Layout,
        columns: &'a [Column],
        choice: &'a Choice,
        say: &'a dyn Fn(&Phrase) -> String,
    ) -> Self {
        Self { layout, columns, choice, say, doubts: Vec::new(), text: String::new() }
    }

    /// The profile's text.
    pub fn write(&mut self) -> String {
        self.head();
        self.left_out();
        self.words();
        self.values();
        self.table();
        self.subscriber();
        self.selectors();
        self.check_columns();
        std::mem::take(&mut self.text)
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A line with a comment.
    fn line_because(&mut self, line: &str, why: &Phrase) {
        // A name in a comment may not end it.
        let why = (self.say)(why).replace(['\n', '\r'], " ");
        let _ = writeln!(self.text, "{line}  # {why}");
    }

    fn head(&mut self) {
        let layout = self.layout;
        let note = (self.say)(&Phrase::new("guess.head"));
        self.line(&format!("# {note}"));
        let about = (self.say)(&Phrase::new("guess.about"));
        let format = match layout.format {
            Format::Xlsx => "xlsx",
            Format::Tsv => "tsv",
            Format::Jsonl => "jsonl",
            Format::Parquet => "parquet",
            Format::Csv | Format::Pattern => "csv",
        };
        self.line(&format!("name = \"my_profile\"\nabout = {}\nformat = \"{format}\"", quoted(&about)));
        if layout.format == Format::Csv && layout.delimiter != b',' {
            self.line(&format!("delimiter = {}", quoted(&char::from(layout.delimiter).to_string())));
        }
        if let Some(sheet) = &layout.sheet {
            self.line(&format!("sheet = {}", quoted(sheet)));
        }
        if let Some(log) = &layout.log {
            self.line(&format!("quotes = false\ncomment = \"#\"\nheader_prefix = {}", quoted(log.prefix)));
            self.line(&format!("null = {}", list(log.null.iter())));
        }
        if layout.header_rows != 1 {
            self.line(&format!("header_rows = {}", layout.header_rows));
        }
        if layout.header_rows == 0 {
            self.doubts.push(Phrase::new("guess.no_header"));
        }
        let is_named = |name: &&String| layout.header_rows == 0 || !name.trim().is_empty();
        let names: Vec<&str> = layout.names.iter().filter(is_named).map(|name| name.trim()).collect();
        self.line(&format!("header = {}", list(names.iter())));
    }

    /// The columns without a place, each with the reason.
    fn left_out(&mut self) {
        let choice = self.choice;
        let out: Vec<(String, Phrase)> = self
            .columns
            .iter()
            .enumerate()
            .filter(|(idx, _)| !choice.has(*idx))
            .map(|(_, column)| (column.names.clone(), self.why_not(column)))
            .flat_map(|(names, why)| names.into_iter().map(move |name| (name, why.clone())))
            .collect();
        if out.is_empty() {
            return;
        }
        let note = (self.say)(&Phrase::new("guess.ignore"));
        self.line(&format!("# {note}"));
        self.line("ignore = [");
        for (name, why) in out {
            self.line_because(&format!("    {},", quoted(&name)), &why);
            // What an empty column would have held nobody can say, and nothing is lost with it.
            if why.key != "guess.not.empty" {
                let why = (self.say)(&why);
                self.doubts.push(Phrase::new("guess.unplaced").with("column", name).with("why", why));
            }
        }
        self.line("]");
    }

    fn why_not(&self, column: &Column) -> Phrase {
        let table = self.choice.table.name;
        let kind = (self.say)(&Phrase::new(column.look.kind.word()));
        let sample = column.samples.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let named = self.choice.table.fields.iter().find_map(|field| {
            match_of(&column.words(), field.says).map(|(_, word)| (field.name.replace('+', ", "), word))
        });
        match column.look.kind {
            Kind::Empty => Phrase::new("guess.not.empty"),
            // Such as a kind of line in words that our vocabulary has not.
            _ if named.is_some() => {
                let (field, word) = named.unwrap_or_default();
                let sample = tutela_model::field::clip(&sample);
                Phrase::new("guess.not.named").with("word", word).with("field", field).with("sample", sample)
            }
            Kind::Text => Phrase::new("guess.not.text").with("sample", tutela_model::field::clip(&sample)),
            _ => Phrase::new("guess.not.place").with("kind", kind).with("table", table),
        }
    }

    /// The word lists of the columns that hold words of a vocabulary.
    fn words(&mut self) {
        for chosen in self.choice.all() {
            let Takes::Word(vocabulary) = chosen.field.takes else { continue };
            let column = &self.columns[chosen.column];
            self.line(&format!("\n[words.{}]", chosen.field.name));
            self.doubts.push(Phrase::new("guess.words_seen").with("column", column.title()));
            for theirs in &column.samples {
                match our_word(vocabulary, theirs) {
                    Some(ours) => self.line(&format!("{} = {}", quoted(theirs), quoted(ours))),
                    None => {
                        let why = Phrase::new("guess.word").with("word", theirs.clone());
                        self.line_because(&format!("# {} = \"\"", quoted(theirs)), &why);
                        self.doubts.push(why.with("column", column.title()));
                    }
                }
            }
        }
    }

    fn has(&self, field: &str) -> bool {
        self.choice.fields.iter().any(|chosen| chosen.field.name == field)
    }

    /// The owner's parts, once for all tables that name it.
    fn values(&mut self) {
        let Some((own, issuer, _)) = self.choice.table.owner.filter(|(own, ..)| self.has(own)) else {
            return;
        };
        if self.choice.selectors.is_empty() && self.choice.subscriber.is_empty() {
            return;
        }
        self.line("\n[value]");
        match self.choice.fields.iter().find(|chosen| chosen.field.name == issuer) {
            Some(chosen) => self.line(&format!("{issuer} = {}", self.source(chosen))),
            None => self.ask_for(issuer),
        }
        if let Some(chosen) = self.choice.fields.iter().find(|chosen| chosen.field.name == own) {
            self.line_because(&format!("{own} = {}", self.source(chosen)), &self.why(chosen));
        }
        self.line(&format!("owner = {{ template = \"{{{issuer}}}/{{{own}}}\" }}"));
    }

    /// Whether a field's source stands under `[value]`.
    fn is_value(&self, field: &str) -> bool {
        let has_more = !self.choice.selectors.is_empty() || !self.choice.subscriber.is_empty();
        has_more
            && self
                .choice
                .table
                .owner
                .is_some_and(|(own, issuer, _)| self.has(own) && (field == own || field == issuer))
    }

    /// A field that the file does not say: the officer writes it. A log says which one it is.
    fn ask_for(&mut self, field: &str) {
        let path = self.layout.log.as_ref().and_then(|log| log.path.clone());
        if let (Some(path), "platform") = (path, field) {
            let why = Phrase::new("guess.path").with("path", path.as_str());
            self.line_because(
                &format!("{field} = {{ constant = {} }}", quoted(&format!("zeek_{path}"))),
                &why,
            );
            return;
        }
        let constant = if field == "kind" { "text" } else { "?" };
        let why = Phrase::new("guess.say").with("field", field);
        self.line_because(&format!("{field} = {{ constant = \"{constant}\" }}"), &why);
        self.doubts.push(why);
    }

    fn table(&mut self) {
        let table = self.choice.table;
        self.line(&format!("\n[[table]]\nname = \"{}\"\n[table.fields]", table.name));
        let said: Vec<_> = table.said.iter().filter(|field| !self.has(field)).collect();
        for field in said {
            if self.is_value(field) {
                self.line(&format!("{field} = {{ value = \"{field}\" }}"));
            } else {
                self.ask_for(field);
            }
        }
        for field in &self.choice.missing {
            let why = Phrase::new("guess.missing").with("field", *field).with("table", table.name);
            self.line_because(&format!("{field} = {{ constant = \"?\" }}"), &why);
            self.doubts.push(why);
        }
        for chosen in &self.choice.fields {
            if self.is_value(chosen.field.name) {
                self.line(&format!("{0} = {{ value = \"{0}\" }}", chosen.field.name));
            } else {
                self.field(chosen);
            }
        }
    }

    fn subscriber(&mut self) {
        if self.choice.subscriber.is_empty() {
            return;
        }
        self.line("\n[[table]]\nname = \"subscriber\"\n[table.fields]");
        self.line("operator = { value = \"operator\" }\nline = { value = \"line\" }");
        for chosen in &self.choice.subscriber {
            self.field(chosen);
        }
    }

    fn selectors(&mut self) {
        let Some((_, _, owner)) = self.choice.table.owner else { return };
        for chosen in &self.choice.selectors {
            let column = &self.columns[chosen.column];
            let name = quoted(&column.names[0]);
            self.line(&format!("\n[[table]]\nname = \"selector\"\nwhen = {name}\n[table.fields]"));
            self.line(&format!("owner_kind = {{ constant = \"{owner}\" }}\nowner = {{ value = \"owner\" }}"));
            self.line(&format!("kind = {{ constant = \"{}\" }}", chosen.field.name));
            let is_number = column.look.kind == Kind::Phone && self.is_value_column(chosen.column);
            let source = if is_number && column.has_blanks { no_blanks(&name) } else { name };
            self.line_because(&format!("value = {source}"), &self.why(chosen));
        }
    }

    /// Whether a column is the line itself, which is read without blanks, and so must its selector be.
    fn is_value_column(&self, column: usize) -> bool {
        self.choice.fields.iter().any(|chosen| chosen.column == column && chosen.field.name == "line")
    }

    fn field(&mut self, chosen: &Chosen) {
        let name = quoted(&self.columns[chosen.column].names[0]);
        let kind = self.columns[chosen.column].look.kind;
        let why = self.why(chosen);
        let parts = match (chosen.field.name, kind) {
            ("port_low+port_high", _) => Some([("port_low", "range_low"), ("port_high", "range_high")]),
            ("address", Kind::AddressAndPort) if self.choice.table.name != "lease" => {
                Some([("address", "address"), ("port", "port")])
            }
            _ => None,
        };
        match parts {
            Some([(first, take), (second, other)]) => {
                self.line_because(&format!("{first} = {{ column = {name}, take = \"{take}\" }}"), &why);
                self.line(&format!("{second} = {{ column = {name}, take = \"{other}\" }}"));
            }
            None => {
                let source = self.source(chosen);
                self.line_because(&format!("{} = {source}", chosen.field.name), &why);
            }
        }
        if let (Some(currency), false, "amount_minor") =
            (self.columns[chosen.column].sign, self.has("currency"), chosen.field.name)
        {
            let why = Phrase::new("guess.currency").with("currency", currency);
            self.line_because(&format!("currency = {{ constant = \"{currency}\" }}"), &why);
        }
    }

    /// Where a field's value comes from, as a profile writes it.
    fn source(&self, chosen: &Chosen) -> String {
        let column = &self.columns[chosen.column];
        let mut keys = match &column.names[..] {
            [name] => vec![format!("column = {}", quoted(name))],
            names => vec![format!("columns = {}", list(names.iter()))],
        };
        match (chosen.field.takes, column.look.kind) {
            (Takes::Amount, kind) => {
                keys.push("take = \"minor_units\"".to_owned());
                if kind == (Kind::Amount { comma: true }) {
                    keys.push("decimal_comma = true".to_owned());
                }
            }
            (Takes::Hash | Takes::Id, Kind::Hash) => keys.extend(self.hash(chosen)),
            (Takes::Word(_), _) => keys.push(format!("words = \"{}\"", chosen.field.name)),
            (Takes::Address, Kind::AddressAndPort) => keys.push("take = \"address\"".to_owned()),
            (Takes::Id, Kind::Phone) if chosen.field.name == "line" && column.has_blanks => {
                keys.push("take = \"no_blanks\"".to_owned());
            }
            (_, Kind::Time(Some(pattern)) | Kind::Date(Some(pattern))) => {
                keys.push(format!("written = [{}]", quoted(pattern)));
            }
            (_, Kind::Epoch(unit)) => keys.push(format!("epoch = \"{unit}\"")),
            _ => {}
        }
        if column.is_utc && column.look.is_local {
            keys.push("zone = \"UTC\"".to_owned());
        }
        match (&keys[..], &column.names[..]) {
            ([_], [name]) => quoted(name),
            _ => format!("{{ {} }}", keys.join(", ")),
        }
    }

    /// What kind of hash or client number a column of sightings holds, where all its values are of one kind.
    fn hash(&self, chosen: &Chosen) -> Option<String> {
        let column = &self.columns[chosen.column];
        let kinds: &[HashKind] = match (self.choice.table.name, chosen.field.name) {
            ("sighting", "file_hash") if match_of(&column.words(), "infohash, info hash, btih").is_some() => {
                &[HashKind::Btih]
            }
            ("sighting", "file_hash") => &[HashKind::Ed2k, HashKind::Sha1, HashKind::Btih],
            ("sighting", "peer") => &[HashKind::Guid, HashKind::PeerId],
            _ => &[],
        };
        let holds = |kind: &&HashKind| column.samples.iter().all(|sample| kind.read(sample).is_some());
        match kinds.iter().find(holds) {
            Some(kind) => Some(format!("hash = \"{}\"", kind.word())),
            // Numbers of several networks, of several lengths: at least each is written in one way.
            None => (!kinds.is_empty() && chosen.field.name == "peer").then(|| "take = \"lower\"".to_owned()),
        }
    }

    /// Why a column was chosen.
    fn why(&self, chosen: &Chosen) -> Phrase {
        let look = &self.columns[chosen.column].look;
        let kind = (self.say)(&Phrase::new(look.kind.word()));
        let key = match (chosen.word, look.kind) {
            (Some(_), Kind::Empty) => "guess.why.empty",
            (Some(_), _) => "guess.why.word",
            (None, _) => "guess.why.values",
        };
        Phrase::new(key)
            .with("word", chosen.word.unwrap_or_default())
            .with("fit", look.n_fit)
            .with("n", look.n)
            .with("kind", kind)
    }

    /// What an officer must look at in the columns that were chosen.
    fn check_columns(&mut self) {
        let mut seen = Vec::new();
        for chosen in self.choice.all() {
            if seen.contains(&chosen.column) {
                continue;
            }
            seen.push(chosen.column);
            let column = &self.columns[chosen.column];
            let look = &column.look;
            let about = |key: &str| Phrase::new(key).with("column", column.title());
            if look.is_ambiguous {
                self.doubts.push(about("guess.ambiguous"));
            }
            if column.is_utc && look.is_local {
                self.doubts.push(about("guess.says_utc"));
            }
            if chosen.word.is_none() {
                self.doubts
                    .push(about("guess.values_only").with("field", chosen.field.name.replace('+', ", ")));
            }
            // A number or name of somebody has any form.
            if look.n_fit < look.n && !matches!(chosen.field.takes, Takes::Id | Takes::Text) {
                let kind = (self.say)(&Phrase::new(look.kind.word()));
                let n = look.n - look.n_fit;
                self.doubts.push(about("guess.some").with("n", n).with("all", look.n).with("kind", kind));
            }
            if look.n_wrong_checks > 0 {
                self.doubts.push(about("guess.check_letter").with("n", look.n_wrong_checks));
            }
        }
    }
}

fn no_blanks(name: &str) -> String {
    format!("{{ column = {name}, take = \"no_blanks\" }}")
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn list<S: AsRef<str>>(texts: impl Iterator<Item = S>) -> String {
    format!("[{}]", texts.map(|text| quoted(text.as_ref())).collect::<Vec<_>>().join(", "))
}
