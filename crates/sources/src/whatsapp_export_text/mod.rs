//! A conversation that somebody exported from WhatsApp: `_chat.txt` of an iPhone, `WhatsApp Chat with ….txt` of Android.

mod head;

use jiff::civil;
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{Message, MessageKind, Problem, ProblemKind, Transfer};
use tutela_model::time::NotATime;
use tutela_model::{Precision, Spot, Text, Time};

use self::head::{Head, Order};
use crate::chat::Chats;
use crate::text::{NextLine, TextInput, head_text};
use crate::whatsapp::CHANNEL;

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "whatsapp_export_text",
    version: 2,
    about: "a conversation exported from WhatsApp as text (_chat.txt); --as whatsapp_export_text/dmy says that the day comes first, /mdy the month, /ymd the year",
    tables: &["message", "transfer"],
    recognise,
    read,
};

/// The most that is held in memory: the application exports at most 40,000 messages.
const TEXT_MAX: usize = 128 << 20;

fn recognise(sample: &Sample<'_>) -> Fit {
    let text = head_text(sample.head);
    let lines = || text.lines().filter(|line| !line.trim().is_empty()).take(200);
    let name = sample.name.to_lowercase();
    let named = name == "_chat.txt" || (name.contains("whatsapp") && name.ends_with(".txt"));
    let n_heads = lines().filter(|line| Head::split(line).is_some()).count();
    let begins = lines().next().is_some_and(|line| Head::split(line).is_some());
    if n_heads == 0 || !(begins || named) {
        return Fit::No;
    }
    // The sentence on encryption is in every language; so is the mark before what the application itself writes.
    let own = named || text.contains("WhatsApp") || text.contains('\u{200e}');
    match own && (n_heads >= 2 || named) {
        true => Fit::Sure,
        false if n_heads >= 2 => Fit::Possible,
        false => Fit::No,
    }
}

fn read(input: Input, declared: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let chosen = declared.table.as_deref().map(Order::named).transpose()?;
    let thread = thread_of(&input.name);
    let mut chats = Chats::new(CHANNEL, sink);
    let Some(messages) = messages(input, declared, &mut chats)? else { return Ok(()) };
    if messages.is_empty() {
        return Ok(());
    }
    let order = order(&messages, chosen, &mut chats)?;
    for message in &messages {
        chats.sink.record();
        file(message, order, declared, thread.as_ref(), &mut chats)?;
    }
    Ok(())
}

/// The conversation's name, where the file's name says it.
fn thread_of(name: &str) -> Option<Text> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    (stem != "_chat" && stem.to_lowercase().contains("whatsapp")).then(|| stem.into())
}

/// Whether a message begins with this line; a line that does not goes on with the one before.
pub(crate) fn begins_message(line: &str) -> bool {
    Head::split(line).is_some()
}

/// A message: its first line taken apart, and all of its words.
struct Raw {
    line: u64,
    head: Head,
    words: String,
}

/// All messages of a file; none when it is too large.
fn messages(input: Input, declared: &Declared, chats: &mut Chats<'_>) -> Result<Option<Vec<Raw>>, Refusal> {
    let mut text = TextInput::open(input, declared.encoding.as_deref(), chats.sink)?;
    let mut messages: Vec<Raw> = Vec::new();
    let (mut scratch, mut last_line, mut n_bytes) = (String::new(), 0, 0);
    loop {
        let (line, number) = match text.next_line(&mut scratch, chats.sink)? {
            NextLine::End => break,
            NextLine::Problem(problem) => {
                chats.sink.record();
                chats.sink.problem(*problem)?;
                continue;
            }
            NextLine::Line(line, number) => (line, number),
        };
        n_bytes += line.len();
        if n_bytes > TEXT_MAX {
            let expected = format!("an export of at most {TEXT_MAX} bytes");
            let place = Spot::Line(number);
            chats.sink.record();
            let problem = Problem::new(ProblemKind::TooLarge, place, "", &expected, "more");
            chats.sink.problem(problem.mend("cut the file into parts between two messages"))?;
            return Ok(None);
        }
        match (Head::split(line), messages.last_mut()) {
            (Some((head, words)), _) => {
                messages.push(Raw { line: number, head, words: words.to_owned() });
            }
            (None, Some(message)) => {
                // Empty lines between are part of the words too.
                (last_line..number).for_each(|_| message.words.push('\n'));
                message.words.push_str(line);
            }
            (None, None) => {
                let expected = "a message, which begins with its date and time";
                let problem = Problem::new(ProblemKind::Malformed, Spot::Line(number), "", expected, line);
                chats.sink.record();
                chats.sink.problem(
                    problem.mend("ask for the whole export; lines before its first message are not read"),
                )?;
            }
        }
        last_line = number;
    }
    text.finish(chats.sink)?;
    Ok(Some(messages))
}

/// In which order the file's dates have day, month and year: as declared, else as its own dates show. They show it when
/// one of them can be read in one way only; nothing is guessed.
fn order(messages: &[Raw], chosen: Option<Order>, chats: &mut Chats<'_>) -> Result<Order, Refusal> {
    if let Some(order) = chosen {
        chats.sink.note("dates", &format!("{}, as declared", order.words()));
        return Ok(order);
    }
    let shows = |order: Order| messages.iter().find(|message| message.head.only_order() == Some(order));
    let orders = [Order::Day, Order::Month, Order::Year];
    let shown: Vec<(Order, &Raw)> =
        orders.into_iter().filter_map(|order| shows(order).map(|message| (order, message))).collect();
    match shown[..] {
        [(order, message)] => {
            falls_back(messages, order)?;
            chats
                .sink
                .note("dates", &format!("{}, because line {} fits no other", order.words(), message.line));
            Ok(order)
        }
        [] => Err(Refusal::Declared(format!(
            "the dates of this file do not show whether the day or the month comes first, as in line {}: {}\n\
             hint: look at the settings of the telephone that exported it, then import with --as \
             whatsapp_export_text/dmy (day first) or --as whatsapp_export_text/mdy (month first)",
            messages[0].line, messages[0].head.said
        ))),
        [(first, one), (second, other), ..] => Err(Refusal::Declared(format!(
            "the dates of this file contradict each other: line {} has {}, line {} has {}\n\
             hint: two exports may have been put together; cut them apart and import each by itself",
            one.line,
            first.words(),
            other.line,
            second.words()
        ))),
    }
}

/// How far an export's dates may go back: a message can arrive long after it was sent.
const LATE_DAYS: i32 = 60;

/// Refuses an order in which the conversation would jump back: an export goes with the time, so the order is another
/// one, such as a year of two digits that comes first.
fn falls_back(messages: &[Raw], order: Order) -> Result<(), Refusal> {
    let dated = |raw: &Raw| raw.head.civil(order).map(|civil| (raw.line, civil.date()));
    let dates: Vec<(u64, civil::Date)> = messages.iter().filter_map(dated).collect();
    let late = civil::Date::duration_since;
    let jump =
        dates.windows(2).find(|pair| late(pair[0].1, pair[1].1).as_hours() > i64::from(LATE_DAYS) * 24);
    match jump {
        Some(pair) => Err(Refusal::Declared(format!(
            "with {} the dates of this file would go back from line {} to line {}\n\
             hint: look at the settings of the telephone that exported it, then import with --as \
             whatsapp_export_text/dmy, /mdy or /ymd",
            order.words(),
            pair[0].0,
            pair[1].0
        ))),
        None => Ok(()),
    }
}

fn file(
    raw: &Raw,
    order: Order,
    declared: &Declared,
    thread: Option<&Text>,
    chats: &mut Chats<'_>,
) -> Result<(), Refusal> {
    let place = Spot::Line(raw.line);
    let precision = if raw.head.has_seconds { Precision::Second } else { Precision::Minute };
    let civil = raw.head.civil(order).ok_or(NotATime::Calendar);
    let time = civil
        .and_then(|civil| Time::from_civil(civil, precision, None, declared.zone.as_ref(), &raw.head.said));
    let at = match time {
        Ok(at) => at,
        Err(NotATime::ZoneMissing) => {
            let (column, found) = ("at".to_owned(), raw.head.said.clone());
            return Err(Refusal::ZoneMissing { place, column, found });
        }
        Err(flaw) => {
            let expected = match flaw {
                NotATime::Skipped => "a local time; the clocks were set forward over this one".to_owned(),
                _ => format!("a date with {}, and a time", order.words()),
            };
            let found = format!("{}, of: {}", raw.head.said, raw.words);
            return chats.sink.problem(Problem::new(ProblemKind::BadValue, place, "at", &expected, &found));
        }
    };
    let body = Body::of(&raw.words);
    let message = Message {
        channel: chats.channel(),
        thread: thread.cloned(),
        from_account: body.from.map_or_else(|| NOBODY.into(), Text::from),
        // An export says neither who exported it nor who else could read.
        to_account: None,
        at: at.clone(),
        kind: body.kind,
        text: (!body.words.is_empty()).then(|| body.words.into()),
        thread_name: None,
        place: place.clone(),
    };
    chats.sink.row(message.into())?;
    if body.kind != MessageKind::File {
        return Ok(());
    }
    let transfer = Transfer {
        channel: chats.channel(),
        thread: thread.cloned(),
        from_account: body.from.map_or_else(|| NOBODY.into(), Text::from),
        to_account: None,
        at,
        file_hash: None,
        file_name: body.file.map(Text::from),
        file_size: None,
        original_hash: None,
        path: None,
        place,
    };
    chats.sink.row(transfer.into())
}

/// Whom a notice is of, which names nobody.
const NOBODY: &str = "system";

/// The mark that the application puts before what it writes itself.
const OWN: char = '\u{200e}';

/// The words of the application for a file that was not exported: of Android in brackets, of iOS behind its mark.
const LEFT_OUT: &[&str] = &[
    "<media omitted>",
    "<media omessi>",
    "<media esclusi>",
    "image omitted",
    "video omitted",
    "audio omitted",
    "gif omitted",
    "sticker omitted",
    "document omitted",
    "immagine omessa",
    "video omesso",
    "audio omesso",
    "gif omessa",
    "gif esclusa",
    "sticker omesso",
    "sticker non incluso",
    "documento omesso",
];

/// The words of the application for calls that were missed.
const CALLS: &[&str] = &[
    "missed voice call",
    "missed video call",
    "voice call",
    "video call",
    "chiamata vocale persa",
    "videochiamata persa",
    "chiamata vocale",
    "videochiamata",
];

/// What stands behind the date: who wrote, and what.
struct Body<'a> {
    from: Option<&'a str>,
    words: &'a str,
    kind: MessageKind,
    file: Option<&'a str>,
}

impl<'a> Body<'a> {
    fn of(words: &'a str) -> Self {
        let bare = words.trim_start_matches(OWN);
        // A name has no line end and stands before a colon and a blank; the colon of a notice's words is not told apart.
        let line = bare.split('\n').next().unwrap_or_default();
        let Some(end) = line.find(": ").or_else(|| line.strip_suffix(':').map(str::len)) else {
            return Self { from: None, words: words.trim(), kind: MessageKind::System, file: None };
        };
        let from = bare[..end].trim_matches([OWN, '\u{202a}', '\u{202c}', '\u{202f}', ' ']);
        let words = bare[end + 1..].trim();
        let is_own = words.starts_with(OWN);
        let plain = words.trim_start_matches(OWN).trim();
        let lower = plain.to_lowercase();
        let begins = |list: &[&str]| list.iter().any(|own| lower.strip_prefix(own).is_some_and(ends));
        let file = attached(plain, is_own);
        let kind = match (&file, is_own) {
            (Some(_), _) => MessageKind::File,
            (None, own) if begins(LEFT_OUT) && (own || lower.starts_with('<')) => MessageKind::File,
            (None, true) if begins(CALLS) => MessageKind::Call,
            (None, true) => MessageKind::System,
            (None, false) => MessageKind::Text,
        };
        Self { from: Some(from), words: plain, kind, file }
    }
}

/// Whether nothing of a word follows.
fn ends(rest: &str) -> bool {
    !rest.starts_with(char::is_alphanumeric)
}

/// The name of a file that was exported with its message: `<attached: a.jpg>` at the end of the words on iOS,
/// `a.jpg (file attached)` on their first line on Android, in any language. On Android the application's mark or the
/// name's own form must show that nobody typed it.
fn attached(words: &str, is_own: bool) -> Option<&str> {
    if let Some(inner) = words.strip_suffix('>')
        && let Some(start) = inner.rfind('<')
        && (is_own || words[..start].ends_with(OWN))
        && let Some((_, name)) = inner[start + 1..].split_once(": ")
        && name.contains('.')
    {
        return Some(name.trim());
    }
    let line = words.split('\n').next()?;
    let (name, rest) = line.rsplit_once(" (")?;
    let made = ["IMG-", "VID-", "PTT-", "AUD-", "STK-", "DOC-"].iter().any(|start| name.starts_with(start));
    let is_file = name.rsplit_once('.').is_some_and(|(_, end)| (2..=5).contains(&end.len()));
    (rest.ends_with(')') && is_file && (is_own || made)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wrote_what_is_taken_from_behind_the_date() {
        for (words, expected) in [
            ("Anna: placeholder 1", "Anna|text|placeholder 1|-"),
            ("+39 000 000 0001: a: b", "+39 000 000 0001|text|a: b|-"),
            ("\u{202a}+39 000\u{202c}: a\nb: c", "+39 000|text|a\nb: c|-"),
            ("Anna created the group", "-|system|Anna created the group|-"),
            ("Anna: \u{200e}image omitted", "Anna|file|image omitted|-"),
            ("Anna: <Media omitted>", "Anna|file|<Media omitted>|-"),
            ("Anna: image omitted", "Anna|text|image omitted|-"),
            (
                "Anna: \u{200e}<attached: 0001-PHOTO.jpg>",
                "Anna|file|<attached: 0001-PHOTO.jpg>|0001-PHOTO.jpg",
            ),
            ("Anna: see \u{200e}<allegato: a.pdf>", "Anna|file|see \u{200e}<allegato: a.pdf>|a.pdf"),
            ("Anna: <attached: a.pdf>", "Anna|text|<attached: a.pdf>|-"),
            (
                "Anna: IMG-20260301-WA0001.jpg (file allegato)\nx",
                "Anna|file|IMG-20260301-WA0001.jpg (file allegato)\nx|IMG-20260301-WA0001.jpg",
            ),
            ("Anna: \u{200e}plan.pdf (file attached)", "Anna|file|plan.pdf (file attached)|plan.pdf"),
            ("Anna: plan.pdf (file attached)", "Anna|text|plan.pdf (file attached)|-"),
            ("Anna: \u{200e}Missed voice call", "Anna|call|Missed voice call|-"),
            (
                "Group: \u{200e}Messages are end-to-end encrypted.",
                "Group|system|Messages are end-to-end encrypted.|-",
            ),
        ] {
            let body = Body::of(words);
            let said = format!(
                "{}|{}|{}|{}",
                body.from.unwrap_or("-"),
                body.kind.word(),
                body.words,
                body.file.unwrap_or("-")
            );
            assert_eq!(said, expected, "{words}");
        }
    }

    #[test]
    fn an_order_in_which_the_conversation_would_jump_back_is_refused() {
        let raws = |dates: &[&str]| -> Vec<Raw> {
            let raw = |(idx, date): (usize, &&str)| {
                let (head, _) = Head::split(&format!("{date}, 21:00 - a")).expect("a head").to_owned();
                Raw { line: idx as u64 + 1, head, words: String::new() }
            };
            dates.iter().enumerate().map(raw).collect()
        };
        // A year of two digits first: 30 and 31 March, 9 April.
        assert!(falls_back(&raws(&["26/3/30", "26/3/31", "26/4/9"]), Order::Day).is_err());
        assert!(falls_back(&raws(&["30/3/26", "31/3/26", "28/3/26", "9/4/26"]), Order::Day).is_ok());
    }

    #[test]
    fn a_conversation_is_known_by_its_lines() {
        let fit = |name: &str, text: &str| recognise(&Sample { name, head: text.as_bytes() });
        let two = "01/03/26, 21:00 - Anna: a\n01/03/26, 21:01 - Bruno: b\n";
        assert_eq!(fit("WhatsApp Chat with Anna.txt", two), Fit::Sure);
        assert_eq!(fit("_chat.txt", "[01/03/26, 21:00:00] Anna: a\n"), Fit::Sure);
        assert_eq!(fit("a.txt", two), Fit::Possible);
        assert_eq!(fit("a.txt", &format!("{two}01/03/26, 21:02 - \u{200e}x")), Fit::Sure);
        assert_eq!(fit("a.txt", "01/03/26, 21:00 - Anna: a\nmore"), Fit::No);
        assert_eq!(fit("_chat.txt", "2026-03-01 21:00:00 INFO start"), Fit::No);
        assert_eq!(fit("_chat.txt", ""), Fit::No);
    }
}
