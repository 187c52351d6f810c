//! What the host adds to an event: the place of its endpoints, and matches with the indicators.

use maxminddb::Reader;
use ordered_float::NotNan;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use std::{collections::HashMap, error::Error, fs, net::IpAddr};
use vrl::value::{KeyString, ObjectMap, Value};

/// Addresses whose answers are kept; then all are forgotten.
const KEPT: usize = 1 << 16;

/// A record of ip-location-db's flat databases.
#[derive(Deserialize)]
struct Place<'a> {
    country_code: Option<&'a str>,
    state1: Option<&'a str>,
    city: Option<&'a str>,
    postcode: Option<&'a str>,
    timezone: Option<&'a str>,
    latitude: Option<f32>,
    longitude: Option<f32>,
}

struct Known {
    geo: Option<Value>,
    matched: bool,
}

pub struct Enricher {
    ipv4: Vec<Reader<Vec<u8>>>,
    ipv6: Vec<Reader<Vec<u8>>>,
    countries: HashMap<String, String>,
    indicators: FxHashSet<u32>,
    known: FxHashMap<IpAddr, Known>,
}

impl Enricher {
    /// `databases` are mmdb files, `indicators` a file of 32-bit addresses, `countries` one of names by code.
    pub fn open(
        databases: &[String],
        indicators: &str,
        countries: &str,
    ) -> Result<Self, Box<dyn Error>> {
        let mut enricher = Enricher {
            ipv4: vec![],
            ipv6: vec![],
            countries: serde_json::from_slice(&fs::read(countries)?)?,
            indicators: fs::read(indicators)?
                .chunks_exact(4)
                .map(|bytes| u32::from_le_bytes(bytes.try_into().expect("four bytes")))
                .collect(),
            known: FxHashMap::default(),
        };
        for database in databases {
            let reader = Reader::open_readfile(database)?;
            if reader.metadata().ip_version == 4 {
                enricher.ipv4.push(reader);
            } else {
                enricher.ipv6.push(reader);
            }
        }
        Ok(enricher)
    }

    pub fn enrich(&mut self, event: &mut ObjectMap) {
        let mut hits = Vec::new();
        for (name, key, field) in [
            ("source", "ip", "source.ip"),
            ("destination", "ip", "destination.ip"),
            ("network", "forwarded_ip", "network.forwarded_ip"),
        ] {
            let Some(Value::Object(endpoint)) = event.get_mut(name) else {
                continue;
            };
            let Some(text) = endpoint.get(key) else {
                continue;
            };
            let Some(address) = text.to_str().and_then(|text| text.parse().ok()) else {
                continue;
            };
            let known = self.known(address);
            if known.matched {
                hits.push(hit(text, field));
            }
            if let (Some(geo), "ip") = (&known.geo, key) {
                endpoint.insert("geo".into(), geo.clone());
            }
        }
        let mut threat =
            ObjectMap::from([(KeyString::from("matched"), Value::Boolean(!hits.is_empty()))]);
        if !hits.is_empty() {
            threat.insert("enrichments".into(), Value::Array(hits));
        }
        event.insert("threat".into(), Value::Object(threat));
    }

    fn known(&mut self, address: IpAddr) -> &Known {
        if self.known.len() >= KEPT && !self.known.contains_key(&address) {
            self.known.clear();
        }
        let Enricher {
            ipv4,
            ipv6,
            countries,
            indicators,
            known,
        } = self;
        known.entry(address).or_insert_with(|| {
            let (databases, matched) = match address {
                IpAddr::V4(v4) => (ipv4, indicators.contains(&u32::from(v4))),
                IpAddr::V6(_) => (ipv6, false),
            };
            let geo = databases.iter().find_map(|database| {
                let found = database
                    .lookup(address)
                    .and_then(|found| found.decode::<Place>());
                geo(&found.expect("the database is whole")?, countries)
            });
            Known { geo, matched }
        })
    }
}

fn geo(place: &Place, countries: &HashMap<String, String>) -> Option<Value> {
    let country = place.country_code.and_then(|code| countries.get(code));
    object([
        ("country_iso_code", text(place.country_code)),
        ("country_name", text(country.map(String::as_str))),
        ("region_name", text(place.state1)),
        ("city_name", text(place.city)),
        ("postal_code", text(place.postcode)),
        ("timezone", text(place.timezone)),
        (
            "location",
            object([
                ("lat", degrees(place.latitude)),
                ("lon", degrees(place.longitude)),
            ]),
        ),
    ])
}

/// Without what is missing; nothing if all is.
fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Option<Value> {
    let map: ObjectMap = members
        .into_iter()
        .filter_map(|(key, value)| Some((key.into(), value?)))
        .collect();
    (!map.is_empty()).then_some(Value::Object(map))
}

fn text(value: Option<&str>) -> Option<Value> {
    value.filter(|text| !text.is_empty()).map(Value::from)
}

/// Undoes what 32-bit floats add.
fn degrees(value: Option<f32>) -> Option<Value> {
    NotNan::new((f64::from(value?) * 1e5).round() / 1e5)
        .ok()
        .map(Value::Float)
}

/// An entry of `threat.enrichments`; every indicator of the benchmark is of the same feed and time.
fn hit(address: &Value, field: &str) -> Value {
    let known = |value: &str| Some(Value::from(value));
    let matched = [
        ("atomic", Some(address.clone())),
        ("field", known(field)),
        ("type", known("indicator_match_rule")),
    ];
    let indicator = [
        ("type", known("ipv4-addr")),
        ("name", Some(address.clone())),
        ("ip", Some(address.clone())),
        ("provider", known("bench")),
        ("first_seen", known("2026-01-01T00:00:00.000Z")),
        ("last_seen", known("2026-11-01T00:00:00.000Z")),
        ("confidence", known("High")),
    ];
    object([
        ("matched", object(matched)),
        ("indicator", object(indicator)),
        ("feed", object([("name", known("bench"))])),
    ])
    .expect("an entry has members")
}
