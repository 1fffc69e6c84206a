#include "apps/escrow/bundles.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <toml++/toml.h>

#include "base/digest.h"
#include "base/encoding.h"

namespace syncwatch::apps {
namespace {

using recovery::Bundle;
using recovery::BundledFile;
using recovery::BundleKind;

BundledFile about(const FoundFile& file, bool redacted) {
    BundledFile out;
    out.path = file.path.string();
    out.role = file.role;
    out.mode = file.mode;
    out.owner = file.owner;
    out.group = file.group;
    out.redacted = redacted;
    return out;
}

/// Whether any text in a tree of TOML has a secret in it: as it is read, not as it is written.
bool has_secret(const toml::node& node, const SecretValues& secrets) {
    if (const auto* text = node.as_string()) return secrets.is_in(text->get());
    bool found = false;
    if (const auto* table = node.as_table()) {
        for (const auto& [key, value] : *table) found = found || has_secret(value, secrets);
    } else if (const auto* list = node.as_array()) {
        for (const toml::node& each : *list) found = found || has_secret(each, secrets);
    }
    return found;
}

/// TOML may write a letter as "\u0061": such a secret is not found in the text.
bool hides_secret(const std::string& toml, const SecretValues& secrets) {
    try {
        return has_secret(toml::parse(toml), secrets);
    } catch (const toml::parse_error&) {
        // Nobody's settings.
        return toml.find('\\') != std::string::npos;
    }
}

bool is_toml(const FoundFile& file) {
    return file.role == "configuration" || file.role == "recovery.plan";
}

std::string taken_out(const FoundFile& file, const SecretValues& secrets) {
    std::string text = secrets.take_out(file.bytes);
    if (!is_toml(file) || !hides_secret(text, secrets)) return text;
    return "# " + std::string(kTakenOut) + ": all of it is in the bundle of secrets.\n";
}

Bundle begin(BundleKind kind, const Installation& installation) {
    Bundle bundle;
    bundle.about.kind = kind;
    bundle.about.node = installation.node;
    bundle.about.configuration = installation.configuration.string();
    return bundle;
}

}  // namespace

Bundle config_bundle(const Installation& installation) {
    Bundle bundle = begin(BundleKind::Config, installation);
    for (const FoundFile& each : installation.files) {
        if (each.secret) continue;
        std::string text = taken_out(each, installation.secrets);
        const bool redacted = text != each.bytes;
        recovery::add_file(bundle, about(each, redacted), std::move(text));
    }
    return bundle;
}

Bundle secrets_bundle(const Installation& installation) {
    Bundle bundle = begin(BundleKind::Secrets, installation);
    for (const FoundFile& each : installation.files) {
        if (!each.secret && taken_out(each, installation.secrets) == each.bytes) continue;
        recovery::add_file(bundle, about(each, false), each.bytes);
    }
    return bundle;
}

std::string state_of(const Bundle& bundle, const std::string& beside) {
    recovery::Manifest manifest = bundle.about;
    manifest.made = WallTime{};
    manifest.versions.clear();
    return encode_hex(sha256(as_bytes(recovery::write_manifest(manifest) + beside)));
}

}  // namespace syncwatch::apps
