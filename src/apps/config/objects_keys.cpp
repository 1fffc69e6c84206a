#include "apps/config/key_sections.h"
#include "apps/config/takers.h"
#include "apps/config/values.h"
#include "base/quantity.h"

namespace syncwatch::config {
namespace {

constexpr Key kObjectsKeys[] = {
    {"objects.url", Kind::Text, "URL", "",
     "file: and the path of a folder, or "
     "s3:https://HOST[:PORT]/BUCKET[/PREFIX][?region=R][&style=path|virtual][&ca=FILE]",
     "Where films are kept: a folder, by default file:objects in the data folder, or a bucket of "
     "any store that speaks S3. The bucket has to be there.",
     [](Settings& s, Words w) { return take_objects(w[0], s); }},
    {"objects.credentials_file", Kind::Text, "FILE", "", kFile,
     "Keys for S3: a file as AWS's tools have it (aws_access_key_id = …, aws_secret_access_key = "
     "…). Read again when it changes.",
     [](Settings& s, Words w) { return take_text(w, s.s3.credentials_file); }},
    {"objects.cache_size", Kind::Text, "SIZE", "10GiB", kSize,
     "Space in the data folder for objects of an S3 store that were read lately.",
     [](Settings& s, Words w) { return put(parse_size(w[0]), s.s3.cache_bytes); }},
    {"objects.redirect", Kind::Flag, "FLAG", "false", kFlag,
     "Whether players get segments from the S3 store itself, by addresses that are good for an "
     "hour at most. Browsers must reach it, and it must allow this site (CORS): "
     "docs/operations.md.",
     [](Settings& s, Words w) { return put(parse_flag(w[0]), s.s3.redirect); }},
    {"objects.second", Kind::Text, "URL", "",
     "file: and the path of a folder, or s3: as in objects.url; not the first store",
     "A second store: everything is copied into it in the background, and what is missing or "
     "damaged in the first is served from it and repaired. Several nodes need one that all reach.",
     [](Settings& s, Words w) { return take_second(w[0], s); }},
    {"objects.second_credentials_file", Kind::Text, "FILE", "", kFile,
     "Keys for the second store, as in objects.credentials_file.",
     [](Settings& s, Words w) { return take_text(w, s.second.s3.credentials_file); }},
    {"objects.second_may_delete", Kind::Flag, "FLAG", "true", kFlag,
     "Whether what is deleted is removed from the second store, too. false: it stays there, for "
     "the store's own rule, or for somebody else; syncwatch replicate left lists it.",
     [](Settings& s, Words w) { return put(parse_flag(w[0]), s.second.may_delete); }},
    {"objects.copy_rate", Kind::Text, "SIZE", "100MB", kSize,
     "What each node copies into the second store in a second at most. 0: as fast as it goes.",
     [](Settings& s, Words w) { return put(parse_size(w[0]), s.second.copy_rate); }},
    {"objects.audit_rate", Kind::Text, "SIZE", "10MB", kSize,
     "What each node reads back from each store in a second at most, to see whether it is still "
     "whole. 0: as fast as it goes.",
     [](Settings& s, Words w) { return put(parse_size(w[0]), s.second.audit_rate); }},
    {"objects.audit_every", Kind::Text, "TIME", "30d", kSpan,
     "Everything is read back at least so often, as far as objects.audit_rate allows.",
     [](Settings& s, Words w) { return put(parse_span(w[0]), s.second.audit_every); }},
};

}  // namespace

std::span<const Key> objects_keys() {
    return kObjectsKeys;
}

}  // namespace syncwatch::config
