//! What the databases of WhatsApp on Android and iOS have in common: how accounts, groups and files are written.

use tutela_model::source::Refusal;
use tutela_model::tables::{MessageKind, SelectorKind};
use tutela_model::{Spot, Text};

use crate::chat::{Chats, SELF};

pub(crate) const CHANNEL: &str = "whatsapp";

/// The address of an account, group or list on the service: `number@s.whatsapp.net`, `number@g.us`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Jid {
    raw: String,
}

impl Jid {
    pub fn new(raw: &str) -> Self {
        Self { raw: raw.trim().to_owned() }
    }

    fn parts(&self) -> (&str, &str) {
        self.raw.split_once('@').unwrap_or((&self.raw, ""))
    }

    /// The telephone number that the account is; none of a group, a list or an account under another name.
    pub fn number(&self) -> Option<&str> {
        let (user, server) = self.parts();
        // Behind a full stop or colon stands which of the account's devices is meant.
        let user = user.split(['.', ':']).next().unwrap_or_default();
        let is_number = !user.is_empty() && user.bytes().all(|digit| digit.is_ascii_digit());
        (is_number && matches!(server, "s.whatsapp.net" | "c.us")).then_some(user)
    }

    /// How the account is written in tables: its number, or else the whole address.
    pub fn account(&self) -> Text {
        self.number().unwrap_or(&self.raw).into()
    }

    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Whether more than one account reads what is sent there.
    pub fn is_shared(&self) -> bool {
        matches!(self.parts().1, "g.us" | "broadcast" | "newsletter")
    }

    /// Whether it is an account's other name, which hides its number.
    pub fn is_lid(&self) -> bool {
        self.parts().1 == "lid"
    }
}

/// Who wrote to whom in which conversation.
pub(crate) struct Way {
    pub thread: Option<Text>,
    pub from: Text,
    pub to: Option<Text>,
}

impl Way {
    /// Of a message in the conversation with `chat`, written by its owner or, in a group, by `sender`.
    pub fn new(chat: Option<&Jid>, from_me: bool, sender: Option<&Jid>) -> Self {
        let shared = chat.is_none_or(Jid::is_shared);
        let from = match (from_me, sender, chat) {
            (true, _, _) => SELF.into(),
            // In a conversation of two the other one wrote; a sender beside it is another name of the same account.
            (false, _, Some(chat)) if !shared => chat.account(),
            (false, Some(sender), _) => sender.account(),
            // A notice of the group itself.
            (false, None, Some(chat)) => chat.account(),
            (false, None, None) => "".into(),
        };
        let to = match (shared, from_me) {
            (true, _) => None,
            (false, true) => chat.map(Jid::account),
            (false, false) => Some(SELF.into()),
        };
        Self { thread: chat.map(|chat| chat.raw().into()), from, to }
    }
}

/// Files the telephone number that an account is. False when it is none, or was filed before.
pub(crate) fn number(jid: &Jid, place: Spot, chats: &mut Chats<'_>) -> Result<bool, Refusal> {
    let Some(number) = jid.number() else { return Ok(false) };
    chats.selector(number, SelectorKind::Phone, Some(&format!("+{number}")), place)
}

/// A position as a message's words.
pub(crate) fn position(latitude: Option<String>, longitude: Option<String>) -> Option<String> {
    let known = |value: Option<String>| value.filter(|value| value != "0" && value != "0.0");
    Some(format!("{},{}", known(latitude)?, known(longitude)?))
}

/// What a message is by its number, where that is known.
pub(crate) fn kind_of(numbers: &[(MessageKind, &[i64])], number: i64) -> Option<MessageKind> {
    numbers.iter().find(|(_, numbers)| numbers.contains(&number)).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_its_number_without_its_device() {
        for (raw, account, shared) in [
            ("390000000001@s.whatsapp.net", "390000000001", false),
            ("390000000001.0:12@s.whatsapp.net", "390000000001", false),
            ("390000000001-1500000000@g.us", "390000000001-1500000000@g.us", true),
            ("status@broadcast", "status@broadcast", true),
            ("100000000000001@lid", "100000000000001@lid", false),
            ("@s.whatsapp.net", "@s.whatsapp.net", false),
            ("", "", false),
        ] {
            let jid = Jid::new(raw);
            assert_eq!((jid.account().as_str(), jid.is_shared()), (account, shared), "{raw}");
        }
    }

    #[test]
    fn who_wrote_to_whom_follows_from_the_conversation_and_the_sender() {
        let (friend, group) = (Jid::new("390000000001@s.whatsapp.net"), Jid::new("1-2@g.us"));
        let said = |chat: Option<&Jid>, from_me, sender: Option<&Jid>| {
            let way = Way::new(chat, from_me, sender);
            format!("{} to {}", way.from, way.to.as_deref().unwrap_or("-"))
        };
        assert_eq!(said(Some(&friend), true, None), "self to 390000000001");
        assert_eq!(said(Some(&friend), false, None), "390000000001 to self");
        assert_eq!(said(Some(&group), true, None), "self to -");
        assert_eq!(said(Some(&group), false, Some(&friend)), "390000000001 to -");
        assert_eq!(said(Some(&group), false, None), "1-2@g.us to -");
        assert_eq!(said(None, false, None), " to -");
    }
}
