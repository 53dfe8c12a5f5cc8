//! What lists say of entries, each once: numbered while entries are taken, and put into the order of their bytes when all
//! are there.

use std::collections::{BTreeMap, HashMap};

use super::IndexError;
use super::build::Settings;
use super::manifest::Source;
use crate::lists::record::Translated;
use crate::lists::{Attributes, Withdrawn};

/// The most different sets of attributes: they are held in memory whenever a list is open.
const MOST_ATTRIBUTES: usize = 1 << 20;

/// Attributes while entries are taken, numbered in the order in which they come, by the source that they are of.
#[derive(Default)]
pub struct Dictionary {
    numbers: HashMap<u32, HashMap<Attributes, u32>>,
    all: Vec<(u32, Attributes)>,
    /// The last number: records that follow each other often say the same.
    last: Option<u32>,
}

impl Dictionary {
    pub fn number(&mut self, of: u32, attributes: &Attributes) -> Result<u32, IndexError> {
        if let Some(last) = self.last {
            let (last_of, known) = &self.all[last as usize];
            if *last_of == of && known == attributes {
                return Ok(last);
            }
        }
        let numbers = self.numbers.entry(of).or_default();
        let number = match numbers.get(attributes) {
            Some(number) => *number,
            None if self.all.len() >= MOST_ATTRIBUTES => {
                let most = MOST_ATTRIBUTES as u64;
                return Err(IndexError::TooMany {
                    what: "different sets of category, series and flags",
                    most,
                });
            }
            None => {
                let number = self.all.len() as u32;
                numbers.insert(attributes.clone(), number);
                self.all.push((of, attributes.clone()));
                number
            }
        };
        self.last = Some(number);
        Ok(number)
    }

    /// Gives every set of attributes its last form and its place in the order of their bytes.
    /// Those of withdrawn entries are only there when entries may be withdrawn: by their ids, and by not being there.
    pub fn settle(self, settings: &Settings, sources: &[Source], withdrawals: [bool; 2]) -> LastAttributes {
        let forms: Vec<[Attributes; 3]> = self
            .all
            .into_iter()
            .map(|(of, mut attributes)| {
                if attributes.category.is_some() && attributes.scheme.is_none() {
                    attributes.scheme = sources.get(of as usize).and_then(|source| source.scheme.clone());
                }
                translate(&mut attributes, settings);
                let gone = |may_be: bool, reason: &str| {
                    if !may_be {
                        return attributes.clone();
                    }
                    let withdrawn =
                        Withdrawn { version: settings.version.clone(), reason: reason.to_owned() };
                    Attributes {
                        withdrawn: attributes.withdrawn.clone().or(Some(withdrawn)),
                        ..attributes.clone()
                    }
                };
                let [by_id, missing] = withdrawals;
                [
                    attributes.clone(),
                    gone(by_id, "withdrawn by its contributor"),
                    gone(missing, "not in this version"),
                ]
            })
            .collect();
        let line = |attributes: &Attributes| serde_json::to_string(attributes).unwrap_or_default();
        let lines: BTreeMap<String, Attributes> =
            forms.iter().flatten().map(|attributes| (line(attributes), attributes.clone())).collect();
        let place: HashMap<&str, u32> =
            lines.keys().enumerate().map(|(place, line)| (line.as_str(), place as u32)).collect();
        let places = forms
            .iter()
            .map(|forms| forms.each_ref().map(|attributes| place[line(attributes).as_str()]))
            .collect();
        LastAttributes { places, lines: lines.into_iter().collect() }
    }
}

fn translate(attributes: &mut Attributes, settings: &Settings) {
    let Some((table, _)) = &settings.translation else { return };
    if attributes.scheme.as_ref() != Some(&table.from) || attributes.translated.is_some() {
        return;
    }
    let category = attributes.category.as_ref().and_then(|category| table.categories.get(category));
    attributes.translated =
        category.map(|category| Translated { scheme: table.to.clone(), category: category.clone() });
}

/// Attributes in their last form.
pub struct LastAttributes {
    /// By number while entries were taken: the place as it is, withdrawn by its id, and not there any more.
    pub places: Vec<[u32; 3]>,
    pub lines: Vec<(String, Attributes)>,
}
