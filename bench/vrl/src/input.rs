//! From gzip files to events: a line is `.message` of a text log, or lies at `.aws.<kind>` of a JSON log.

use bytes::{Bytes, BytesMut};
use flate2::bufread::MultiGzDecoder;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::io::{self, Read};
use vrl::value::{ObjectMap, Value};

/// Uncompressed bytes that are read at once.
const CHUNK: usize = 1 << 20;

pub enum Layout {
    /// A line is a record.
    Text,
    /// A line is a JSON record, which goes to `.aws.<kind>`.
    Lines(String),
    /// A file is `{"Records":[…]}`, and a record goes to `.aws.<kind>`.
    Records(String),
}

impl Layout {
    pub fn of(kind: &str) -> Self {
        match kind {
            "waf" => Layout::Lines(kind.into()),
            "cloudtrail" => Layout::Records(kind.into()),
            _ => Layout::Text,
        }
    }

    /// Hands over an event for each record of a compressed file.
    pub fn read(&self, file: &[u8], mut take: impl FnMut(Value)) -> io::Result<()> {
        match self {
            Layout::Text => lines(file, |line| {
                if !line.starts_with(b"version ") {
                    take(object("message", Value::from_utf8_or_bytes(line)));
                }
                Ok(())
            }),
            Layout::Lines(kind) => lines(file, |line| {
                take(under(kind, serde_json::from_slice(&line)?));
                Ok(())
            }),
            Layout::Records(kind) => {
                let mut text = String::with_capacity(file.len() * 8);
                MultiGzDecoder::new(file).read_to_string(&mut text)?;
                let mut deserializer = serde_json::Deserializer::from_str(&text);
                Records(&mut |record| take(under(kind, record))).deserialize(&mut deserializer)?;
                Ok(())
            }
        }
    }
}

fn object(key: &str, value: Value) -> Value {
    Value::Object(ObjectMap::from([(key.into(), value)]))
}

fn under(kind: &str, record: Value) -> Value {
    object("aws", object(kind, record))
}

/// Lines share the memory of the chunk that they were uncompressed into.
fn lines(file: &[u8], mut take: impl FnMut(Bytes) -> io::Result<()>) -> io::Result<()> {
    let mut decoder = MultiGzDecoder::new(file);
    let mut buffer = BytesMut::new();
    loop {
        let filled = buffer.len();
        buffer.resize(filled + CHUNK, 0);
        let count = decoder.read(&mut buffer[filled..])?;
        buffer.truncate(filled + count);
        let whole = match memchr::memrchr(b'\n', &buffer) {
            Some(last) => last + 1,
            None if count > 0 => continue,
            None => buffer.len(),
        };
        let chunk = buffer.split_to(whole).freeze();
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', &chunk) {
            take(chunk.slice(start..end))?;
            start = end + 1;
        }
        if start < chunk.len() {
            take(chunk.slice(start..))?;
        }
        if count == 0 {
            return Ok(());
        }
    }
}

/// Hands over the elements of `Records` as they are parsed.
struct Records<'a>(&'a mut dyn FnMut(Value));

impl<'de> DeserializeSeed<'de> for Records<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Records<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("an object with Records")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "Records" {
                map.next_value_seed(Records(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        while let Some(record) = records.next_element()? {
            (self.0)(record);
        }
        Ok(())
    }
}
