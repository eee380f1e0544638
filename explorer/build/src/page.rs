//! One file of many: what `index.html` names is put in its place.

use std::fs;
use std::io;
use std::num::NonZeroU64;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zopfli::{Format, Options};

use crate::BuildError;

/// The page of the folder `pages`, with the glue `script` and the compiled `module` within.
pub(crate) fn page(pages: &Path, script: &str, module: &[u8]) -> Result<String, BuildError> {
    let read = |name: &str| {
        let path = pages.join(name);
        fs::read_to_string(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BuildError::Missing(name.to_owned()),
            _ => BuildError::File { path, error },
        })
    };
    let mut text = String::new();
    for line in read("index.html")?.lines() {
        let inlined = match (named(line, "<script src=\""), named(line, "<link rel=\"stylesheet\" href=\"")) {
            (Some(name), _) => format!("<script>\n{}</script>", read(name)?),
            (_, Some(name)) => format!("<style>\n{}</style>", read(name)?),
            _ if line.trim() == "<!-- worker -->" => {
                let worker = read("worker.js")?;
                format!("<script type=\"text/plain\" id=\"worker\">\n{script}\n{worker}</script>\n{}", packed(module)?)
            }
            _ => line.to_owned(),
        };
        text.push_str(&inlined);
        text.push('\n');
    }
    Ok(text)
}

/// What stands between `before` and the next quotation mark.
fn named<'a>(line: &'a str, before: &str) -> Option<&'a str> {
    line.trim().strip_prefix(before)?.split('"').next()
}

/// Rounds of the search for a shorter encoding: the first few gain most.
const ROUNDS: NonZeroU64 = NonZeroU64::MIN.saturating_add(2);

/// The module, compressed, as text.
fn packed(module: &[u8]) -> Result<String, BuildError> {
    let options = Options { iteration_count: ROUNDS, ..Options::default() };
    let mut bytes = Vec::new();
    zopfli::compress(options, Format::Gzip, module, &mut bytes)
        .map_err(|error| BuildError::File { path: "the compiled library".into(), error })?;
    Ok(format!("<script type=\"application/octet-stream\" id=\"module\">{}</script>", STANDARD.encode(bytes)))
}
