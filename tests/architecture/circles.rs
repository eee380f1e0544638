//! Circles of files inside a room: a file that needs another which, straight or by others, needs the first.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Source;

/// A file as the path of its module, `["config", "run"]`.
type File<'a> = Vec<&'a str>;

/// How deep re-exports of re-exports are followed.
const DEEPEST: usize = 8;

/// The circles among the files of each room, a complaint each; `room` names the room of a file. A module and those below
/// it may see each other: they are one thing at two depths.
pub fn circles(sources: &[Source], room: impl Fn(&Source) -> String) -> Vec<String> {
    let files: BTreeMap<File<'_>, &Source> = sources.iter().map(|s| (file(s), s)).collect();
    let mut rooms: BTreeMap<String, BTreeMap<File<'_>, BTreeSet<File<'_>>>> = BTreeMap::new();
    for (path, source) in &files {
        let needs = needs(&files, path, source);
        let inside = needs.into_iter().filter(|other| files.get(other).is_some_and(|o| room(o) == room(source)));
        let apart = inside.filter(|other| !other.starts_with(path) && !path.starts_with(other));
        rooms.entry(room(source)).or_default().insert(path.clone(), apart.collect());
    }
    rooms.iter().flat_map(|(name, needs)| in_room(name, needs)).collect()
}

fn in_room<'a>(name: &str, needs: &BTreeMap<File<'a>, BTreeSet<File<'a>>>) -> Vec<String> {
    let reached: BTreeMap<&File<'a>, BTreeSet<&File<'a>>> = needs.keys().map(|f| (f, reach(needs, f))).collect();
    let circle = |f: &File<'a>| -> Vec<String> {
        let back = reached[f].iter().filter(|other| reached[**other].contains(f));
        back.map(|other| other.join("/")).collect()
    };
    let found: BTreeSet<Vec<String>> = needs.keys().map(circle).filter(|c| !c.is_empty()).collect();
    found.iter().map(|files| format!("{name}: files in a circle: {}", files.join(", "))).collect()
}

fn reach<'m, 'a>(needs: &'m BTreeMap<File<'a>, BTreeSet<File<'a>>>, from: &File<'a>) -> BTreeSet<&'m File<'a>> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&File<'a>> = needs[from].iter().collect();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(&needs[next]);
        }
    }
    found
}

fn file(source: &Source) -> File<'_> {
    let path = source.path.trim_end_matches(".rs");
    if path == "lib" { Vec::new() } else { path.split('/').collect() }
}

/// The files that declare what `source` names by `crate::` and `super::`.
fn needs<'a>(files: &BTreeMap<File<'a>, &'a Source>, path: &File<'a>, source: &Source) -> BTreeSet<File<'a>> {
    let parent = &path[..path.len().saturating_sub(1)];
    let of = |root: &str, module: &[&'a str]| {
        let paths = source.paths_from(root);
        paths.iter().map(|p| declared(files, module, &p.split("::").collect::<Vec<_>>(), 0)).collect::<Vec<_>>()
    };
    of("crate", &[]).into_iter().chain(of("super", parent)).collect()
}

/// The file that declares the item at `item` seen from `module`, through modules and re-exports.
fn declared<'a>(files: &BTreeMap<File<'a>, &'a Source>, module: &[&'a str], item: &[&str], depth: usize) -> File<'a> {
    let here = module.to_vec();
    let Some((first, rest)) = item.split_first() else { return here };
    let child = files.keys().find(|f| f.split_last().is_some_and(|(name, above)| name == first && above == module));
    if let Some(child) = child {
        return declared(files, child, rest, depth);
    }
    let shown = files.get(&here).map(|source| source.reexports()).unwrap_or_default();
    let Some(path) = shown.iter().find(|p| p.rsplit("::").next() == Some(first)).filter(|_| depth < DEEPEST) else {
        return here;
    };
    let parts: Vec<&str> = path.split("::").collect();
    match parts[0] {
        "crate" => declared(files, &[], &parts[1..], depth + 1),
        "super" => declared(files, &module[..module.len().saturating_sub(1)], &parts[1..], depth + 1),
        "self" => declared(files, module, &parts[1..], depth + 1),
        _ if parts.len() > 1 => declared(files, module, &parts, depth + 1),
        _ => here,
    }
}

#[test]
fn circles_are_found_through_children_and_reexports() {
    let room = |files: &[(&str, &str)]| {
        let sources: Vec<Source> = files.iter().map(|(path, text)| Source::new(path, text)).collect();
        circles(&sources, |source| source.module().to_owned())
    };
    let parent = ("flows.rs", "mod a;\nmod b;\nmod c;\npub use a::A;\npub(crate) use b::{B, other};");
    let one_way =
        [parent, ("flows/a.rs", "use crate::flows::B;"), ("flows/b.rs", "use super::c::C;"), ("flows/c.rs", "")];
    assert_eq!(room(&one_way), [""; 0]);
    let round = [parent, one_way[1], one_way[2], ("flows/c.rs", "fn f() { super::A::new() }")];
    assert_eq!(room(&round), ["flows: files in a circle: flows/a, flows/b, flows/c"]);
    let below = [
        parent,
        ("flows/b.rs", "pub mod deep;"),
        ("flows/a.rs", "use super::b::deep::D;"),
        ("flows/b/deep.rs", "use crate::flows::a::A;"),
    ];
    assert_eq!(room(&below), ["flows: files in a circle: flows/a, flows/b/deep"]);
    let parent_and_child = [("flows.rs", "use crate::flows::a::A;\nfn f() {}"), ("flows/a.rs", "use super::f;")];
    assert_eq!(room(&parent_and_child), [""; 0]);
}
