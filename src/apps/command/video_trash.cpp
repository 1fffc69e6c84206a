// What was deleted: listed, brought back, removed for good.
#include <chrono>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "apps/command/video_commands.h"
#include "apps/plan/plan_source.h"
#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;
using Keep = std::optional<std::chrono::seconds>;

/// Until when it can be brought back; nullopt: for ever.
std::optional<WallTime> kept_until(const DeletedVideo& deleted, const Keep& keep) {
    if (!keep) return std::nullopt;
    return deleted.deleted_at + *keep;
}

std::string left_text(const std::optional<WallTime>& end, WallTime now) {
    if (!end) return "for ever";
    if (*end <= now) return "until the server looks";
    return format_span(std::chrono::duration<double>(*end - now).count());
}

}  // namespace

Outcome<> list_trash(Invocation& invocation) {
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    auto videos = videos_of(**admin);
    const auto found = (*admin)->run(videos.deleted());
    if (!found) return tl::unexpected<Failure>(found.error());
    const WallTime now = (*admin)->powers().clock.wall();
    const Keep keep = keep_deleted_films(invocation.settings.recovery.plan);
    std::vector<std::vector<std::string>> rows;
    json::array films;
    std::uint64_t bytes = 0;
    for (const DeletedVideo& each : *found) {
        const auto end = kept_until(each, keep);
        bytes += each.bytes;
        rows.push_back({each.video.id.text(), format_rfc3339(each.deleted_at), left_text(end, now),
                        size_text(each.bytes), each.video.title});
        json::object film = video_json(each.video);
        film["deleted_at"] = format_rfc3339(each.deleted_at);
        film["until"] = end ? json::value(format_rfc3339(*end)) : json::value(nullptr);
        film["bytes"] = each.bytes;
        films.push_back(std::move(film));
    }
    const Output& out = invocation.out;
    out.line(table({"ID", "DELETED", "CAN BE BROUGHT BACK FOR", "SIZE", "TITLE"}, rows));
    out.line(fmt::format("{} films, {}", found->size(), size_text(bytes)));
    invocation.out.set("videos", std::move(films));
    invocation.out.set("bytes", bytes);
    return {};
}

Outcome<> undelete_video(Invocation& invocation, Admin& admin, VideoId id, const VideoArguments&) {
    auto videos = videos_of(admin);
    const auto back = admin.run(videos.undelete(id));
    if (!back && back.error().code == "no_such_video") {
        return give_up(Exit::Refused, "not_in_trash",
                       "there is no film " + id.text() + ", nor is one in the trash",
                       "syncwatch video list --deleted shows what can be brought back.");
    }
    if (!back) return tl::unexpected<Failure>(back.error());
    invocation.out.line(back->title + " is there");
    invocation.out.set("video", video_json(*back));
    return {};
}

Outcome<> purge_video(Invocation& invocation, Admin& admin, VideoId id,
                      const VideoArguments& arguments) {
    auto videos = videos_of(admin);
    auto sure =
        confirm("removing the film " + id.text() + " for good", id.text(), arguments.confirm);
    if (!sure) return sure;
    const auto removed = admin.run(videos.purge(id));
    if (!removed) return tl::unexpected<Failure>(removed.error());
    invocation.out.line(removed->title +
                        " was removed for good; its files follow when the server runs");
    invocation.out.set("video", video_json(*removed));
    return {};
}

Outcome<> purge_trash(Invocation& invocation, const VideoArguments& arguments) {
    std::optional<std::chrono::seconds> older(std::chrono::seconds(0));
    if (!arguments.older_than.empty()) older = parse_span(arguments.older_than);
    if (!older) {
        return give_up(Exit::Usage, "usage", "--older-than is no time", "As in --older-than 7d.");
    }
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    auto videos = videos_of(**admin);
    const auto held = (*admin)->run((*admin)->powers().media.trash_figures());
    if (!held) return tl::unexpected<Failure>(held.error());
    const std::string what =
        arguments.older_than.empty()
            ? fmt::format("removing all {} deleted films, {}, for good", held->videos,
                          size_text(held->bytes))
            : "removing for good what was deleted more than " + format_span(*older) + " ago";
    auto sure = confirm(what, "purge", arguments.confirm);
    if (!sure) return sure;
    // What is deleted in this very moment goes too.
    const WallTime before = (*admin)->powers().clock.wall() - *older + std::chrono::microseconds(1);
    const auto gone = (*admin)->run(videos.purge_all(before));
    if (!gone) return tl::unexpected<Failure>(gone.error());
    invocation.out.line(fmt::format(
        "{} films were removed for good; their files follow when the server runs", *gone));
    invocation.out.set("purged", *gone);
    return {};
}

}  // namespace syncwatch::apps
