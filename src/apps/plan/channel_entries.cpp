#include "apps/plan/channel_entries.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace syncwatch::apps {
namespace {

using recovery::Channel;

/// The one of these that is called so.
template <class Word>
std::optional<Word> word_of(const std::vector<Word>& all, const std::string& text) {
    const auto found =
        std::ranges::find_if(all, [&](const Word& each) { return word(each) == text; });
    return found == all.end() ? std::nullopt : std::optional(*found);
}

void read_about(TomlSection& section, Channel& channel) {
    if (!section.has("about")) return;
    channel.about.clear();
    for (const std::string& each : section.texts("about")) {
        if (const auto severity = word_of(recovery::severities(), each)) {
            channel.about.push_back(*severity);
        } else {
            section.fault("about", fmt::format("\"{}\" is none of its words", each),
                          "There are critical, warning and news.");
        }
    }
}

Channel read_channel(TomlSection& section) {
    Channel channel;
    const std::string kind = section.text("kind").value_or("");
    if (const auto known = word_of(recovery::channel_kinds(), kind)) {
        channel.kind = *known;
    } else {
        section.fault("kind", "it is missing, or of no kind that there is",
                      "There are webhook, slack, pagerduty and email.");
    }
    channel.name = section.text("name").value_or("");
    channel.url = section.text("url").value_or("");
    channel.credentials_file = section.text("credentials_file").value_or("");
    channel.ca_file = section.text("ca_file").value_or("");
    read_about(section, channel);
    std::string others = "kind, name, url, credentials_file, ca_file and about";
    if (channel.kind == Channel::Kind::Email) {
        channel.from = section.text("from").value_or("");
        channel.to = section.texts("to");
        channel.encrypted = section.flag("encrypted").value_or(true);
        others += ", of mail also from, to and encrypted";
    }
    section.refuse_others(others);
    return channel;
}

}  // namespace

std::vector<Channel> read_channels(std::vector<TomlSection> sections) {
    std::vector<Channel> channels;
    std::map<Channel::Kind, int> of_kind;
    for (TomlSection& each : sections) {
        Channel channel = read_channel(each);
        const int number = ++of_kind[channel.kind];
        if (channel.name.empty()) {
            channel.name = word(channel.kind);
            if (number > 1) channel.name += fmt::format("-{}", number);
        }
        channels.push_back(std::move(channel));
    }
    return channels;
}

recovery::Heartbeat read_heartbeat(TomlSection& section) {
    recovery::Heartbeat beat;
    beat.url = section.text("url").value_or("");
    beat.url_file = section.text("url_file").value_or("");
    beat.fail_url = section.text("fail_url").value_or("");
    beat.ca_file = section.text("ca_file").value_or("");
    section.refuse_others("url, url_file, fail_url and ca_file");
    return beat;
}

}  // namespace syncwatch::apps
