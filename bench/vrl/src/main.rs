//! Runs a VRL program over gzip log files and enriches its events: the native side of the benchmark.
//!
//!     vrl-bench KIND --program FILE --indicators FILE --countries FILE [--mmdb FILE]… [--out FILE] FILE…
//!
//! Each line on standard input starts a round and is answered by one line, `{"records":…,"bytes":…,"cpuSeconds":…}`.
//! With `--out` there is one round only, whose documents are written to that file.

mod enrich;
mod input;

use enrich::Enricher;
use input::Layout;
use std::io::{self, BufRead, Write};
use std::{env, error::Error, fs, process::ExitCode};
use vrl::compiler::{runtime::Runtime, Program, TargetValue, TimeZone};
use vrl::value::{KeyString, ObjectMap, Secrets, Value};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Documents that are kept in memory before they count as written.
const OUTPUT: usize = 1 << 20;

#[derive(Default)]
struct Options {
    kind: String,
    program: String,
    indicators: String,
    countries: String,
    databases: Vec<String>,
    out: Option<String>,
    files: Vec<String>,
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options::default();
    let mut args = env::args().skip(1);
    options.kind = args.next().ok_or("KIND is missing")?;
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--program" => options.program = value()?,
            "--indicators" => options.indicators = value()?,
            "--countries" => options.countries = value()?,
            "--mmdb" => options.databases.push(value()?),
            "--out" => options.out = Some(value()?),
            _ => options.files.push(arg),
        }
    }
    Ok(options)
}

struct Bench {
    layout: Layout,
    program: Program,
    enricher: Enricher,
    files: Vec<String>,
    runtime: Runtime,
}

impl Bench {
    fn new(options: &Options) -> Result<Self, Box<dyn Error>> {
        let source = fs::read_to_string(&options.program)?;
        let compiled = vrl::compiler::compile(&source, &vrl::stdlib::all())
            .map_err(|errors| vrl::diagnostic::Formatter::new(&source, errors).to_string())?;
        Ok(Bench {
            layout: Layout::of(&options.kind),
            program: compiled.program,
            enricher: Enricher::open(&options.databases, &options.indicators, &options.countries)?,
            files: options.files.clone(),
            runtime: Runtime::default(),
        })
    }

    /// Returns records and bytes of documents.
    fn round(&mut self, sink: &mut dyn Write) -> Result<(u64, u64), Box<dyn Error>> {
        let Bench {
            layout,
            program,
            enricher,
            files,
            runtime,
        } = self;
        let mut output = Vec::with_capacity(2 * OUTPUT);
        let (mut records, mut bytes) = (0, 0);
        for (index, file) in files.iter().enumerate() {
            let compressed = fs::read(file)?;
            let mut failed = None;
            layout.read(&compressed, |event| {
                records += 1;
                let mut target = TargetValue {
                    value: event,
                    metadata: Value::Object(ObjectMap::new()),
                    secrets: Secrets::default(),
                };
                if let Err(error) = runtime.resolve(&mut target, program, &TimeZone::default()) {
                    failed.get_or_insert(format!("{file}, record {records}: {error}"));
                }
                runtime.clear();
                let Value::Object(mut document) = target.value else {
                    return;
                };
                if let Some(Value::Object(event)) = document.get_mut("event") {
                    event.insert(
                        KeyString::from("id"),
                        Value::from(format!("{index}-{records}")),
                    );
                }
                enricher.enrich(&mut document);
                serde_json::to_writer(&mut output, &document).expect("memory can be written to");
                output.push(b'\n');
                if output.len() >= OUTPUT {
                    bytes += output.len() as u64;
                    sink.write_all(&output).expect("documents can be written");
                    output.clear();
                }
            })?;
            if let Some(failed) = failed {
                return Err(failed.into());
            }
        }
        sink.write_all(&output)?;
        Ok((records, bytes + output.len() as u64))
    }
}

/// User and system time of the process.
fn cpu_seconds() -> f64 {
    // SAFETY: getrusage fills the zeroed struct that it is given.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

fn run() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let mut bench = Bench::new(&options)?;
    if let Some(out) = &options.out {
        bench.round(&mut fs::File::create(out)?)?;
        return Ok(());
    }
    for line in io::stdin().lock().lines() {
        line?;
        let begin = cpu_seconds();
        let (records, bytes) = bench.round(&mut io::sink())?;
        let seconds = cpu_seconds() - begin;
        println!("{{\"records\":{records},\"bytes\":{bytes},\"cpuSeconds\":{seconds}}}");
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("vrl-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
