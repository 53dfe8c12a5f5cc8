//! Columns of texts that hardly repeat: kept as they are, packed.

use std::io;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_array::{Array as _, ArrayRef, StringArray};
use zstd::bulk::Compressor;

use super::out::Out;
use crate::form::{Body, END, PACKED};

/// The level of zstd: the fastest one packs places and times to a fifth.
const LEVEL: i32 = 1;

/// A column of texts.
pub struct Plain {
    /// Length and one of each text that is not packed yet; 0 where there is none.
    lens: Vec<u32>,
    texts: Vec<u8>,
    blocks: Vec<u8>,
    ends: Vec<u64>,
    packer: Compressor<'static>,
}

impl Plain {
    pub fn new() -> io::Result<Self> {
        let packer = Compressor::new(LEVEL)?;
        Ok(Self { lens: Vec::new(), texts: Vec::new(), blocks: Vec::new(), ends: vec![0], packer })
    }

    /// The texts of the next rows.
    pub fn push(&mut self, array: &ArrayRef) -> io::Result<()> {
        match array.as_dictionary_opt::<Int32Type>() {
            None => array.as_string::<i32>().iter().try_for_each(|text| self.push_text(text)),
            Some(coded) => {
                let texts: &StringArray = coded.values().as_string();
                coded.keys().iter().try_for_each(|key| {
                    let idx = key.map(|key| key as usize).filter(|idx| texts.is_valid(*idx));
                    self.push_text(idx.map(|idx| texts.value(idx)))
                })
            }
        }
    }

    fn push_text(&mut self, text: Option<&str>) -> io::Result<()> {
        self.lens.push(text.map_or(0, |text| text.len() as u32 + 1));
        if let Some(text) = text {
            self.texts.extend_from_slice(text.as_bytes());
            self.texts.push(END);
        }
        if self.lens.len() == PACKED { self.pack() } else { Ok(()) }
    }

    fn pack(&mut self) -> io::Result<()> {
        let mut block: Vec<u8> = self.lens.iter().flat_map(|len| len.to_le_bytes()).collect();
        block.append(&mut self.texts);
        // Its size stands before a block: what is unpacked is bounded by it.
        self.blocks.extend_from_slice(&(block.len() as u32).to_le_bytes());
        self.blocks.extend_from_slice(&self.packer.compress(&block)?);
        self.ends.push(self.blocks.len() as u64);
        self.lens.clear();
        Ok(())
    }

    /// Packs what is left.
    pub fn end(&mut self) -> io::Result<()> {
        if self.lens.is_empty() { Ok(()) } else { self.pack() }
    }

    pub fn write(self, out: &mut Out) -> io::Result<Body> {
        let blocks = out.write(&self.blocks)?;
        Ok(Body::Plain { blocks, ends: out.numbers(self.ends.into_iter().map(u64::to_le_bytes))? })
    }
}
