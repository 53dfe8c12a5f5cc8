//! What an account may do in an operation. `docs/team.md` has the same as a table, which a test exercises on every
//! address of the server.

use serde::{Deserialize, Serialize};

/// What somebody is in an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees what was received and found
    Viewer,
    /// Works on the operation: decides, grades, has it analysed
    Analyst,
    /// Decides on what others found, and changes nothing else
    Reviewer,
    /// Everything, and alone hands things on
    Supervisor,
    /// Checks the record and who came in; sees no personal data
    Auditor,
}

/// What one may be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To know of the operation and of one's own session.
    Enter,
    /// To see personal data.
    Look,
    /// To decide on findings and leads, and to grade.
    Decide,
    /// To have the operation analysed and derived anew.
    Work,
    /// To make what leaves the operation.
    HandOn,
    /// To read the record of acts, and to have it checked.
    Check,
    /// To read who has an account, who came in, and who was refused.
    Audit,
}

impl Right {
    /// All of them, as the table of `docs/team.md` has them.
    pub const ALL: [Self; 7] =
        [Self::Enter, Self::Look, Self::Decide, Self::Work, Self::HandOn, Self::Check, Self::Audit];
}

impl Role {
    /// Whether whoever has the role has the right.
    pub fn may(self, right: Right) -> bool {
        use Right::{Audit, Check, Decide, Enter, HandOn, Look, Work};
        match self {
            Self::Viewer => matches!(right, Enter | Look | Check),
            Self::Analyst => matches!(right, Enter | Look | Decide | Work | Check),
            Self::Reviewer => matches!(right, Enter | Look | Decide | Check),
            Self::Supervisor => matches!(right, Enter | Look | Decide | Work | HandOn | Check | Audit),
            Self::Auditor => matches!(right, Enter | Check | Audit),
        }
    }

    /// Its word in files and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Reviewer => "reviewer",
            Self::Supervisor => "supervisor",
            Self::Auditor => "auditor",
        }
    }
}
