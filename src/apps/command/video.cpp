#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "apps/command/video_commands.h"
#include "apps/plan/plan_source.h"
#include "base/quantity.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;

std::string length_text(MediaTime length) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(length).count();
    if (seconds == 0) return "-";
    return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/// "transcoding 42 %", "failed: no_video"
std::string status_text(const Video& video) {
    std::string out(text(video.status));
    if (video.status == VideoStatus::Transcoding) {
        out += fmt::format(" {:.0f} %", video.progress * 100);
    }
    if (video.error) out += ": " + video.error->code;
    return out;
}

Outcome<VideoId> id_of(const std::string& typed) {
    const auto id = VideoId::parse(typed);
    if (id) return *id;
    return give_up(Exit::Usage, "usage", typed + " is no id of a film",
                   "syncwatch video list shows the ids.");
}

Outcome<> list_videos(Invocation& invocation) {
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    auto videos = videos_of(**admin);
    const auto found = (*admin)->run(videos.list());
    if (!found) return tl::unexpected<Failure>(found.error());
    const auto accounts = (*admin)->run((*admin)->powers().accounts.accounts());
    if (!accounts) return tl::unexpected<Failure>(accounts.error());
    std::map<UserId, std::string> names;
    for (const Account& each : *accounts) names[each.id] = each.username;
    std::vector<std::vector<std::string>> rows;
    json::array films;
    for (const Video& each : *found) {
        const auto owner = names.find(each.owner);
        rows.push_back({each.id.text(), status_text(each), length_text(each.duration),
                        size_text(each.size), owner == names.end() ? "a guest" : owner->second,
                        each.title});
        films.push_back(video_json(each));
    }
    invocation.out.line(table({"ID", "STATUS", "LENGTH", "SIZE", "OWNER", "TITLE"}, rows));
    invocation.out.set("videos", std::move(films));
    return {};
}

Outcome<> show_video(Invocation& invocation, Admin& admin, VideoId id, const VideoArguments&) {
    auto videos = videos_of(admin);
    const auto found = admin.run(videos.find(id));
    if (!found) return tl::unexpected<Failure>(found.error());
    const Video& video = *found;
    const Output& out = invocation.out;
    out.line(video.title);
    out.line("  id        " + video.id.text());
    out.line("  status    " + status_text(video));
    if (video.error) out.line("  why       " + video.error->message);
    out.line("  length    " + length_text(video.duration));
    out.line(fmt::format("  picture   {} x {}, {:.3g} a second", video.width, video.height,
                         video.frame_rate));
    out.line(fmt::format("  original  {}{}", size_text(video.size),
                         video.original_kept ? "" : ", not kept"));
    for (const Rendition& each : video.renditions) {
        out.line(fmt::format("  rung      {} ({} kbit/s{})", each.name, each.bits_per_second / 1000,
                             each.remuxed ? ", the original's own pictures" : ""));
    }
    out.line(fmt::format("  sound     {} tracks, subtitles {}", video.audio_tracks.size(),
                         video.subtitles.size()));
    invocation.out.set("video", video_json(video));
    return {};
}

Outcome<> remove_video(Invocation& invocation, Admin& admin, VideoId id,
                       const VideoArguments& arguments) {
    auto videos = videos_of(admin);
    if (arguments.now) return purge_video(invocation, admin, id, arguments);
    const auto keep = keep_deleted_films(invocation.settings.recovery.plan);
    if (keep == std::chrono::seconds(0)) return purge_video(invocation, admin, id, arguments);
    const auto found = admin.run(videos.find(id));
    if (!found) return tl::unexpected<Failure>(found.error());
    auto sure = confirm("removing the film " + found->title, id.text(), arguments.confirm);
    if (!sure) return sure;
    const auto removed = admin.run(videos.remove(id));
    if (!removed) return tl::unexpected<Failure>(removed.error());
    invocation.out.line(removed->title + " was removed; syncwatch video undelete " + id.text() +
                        " brings it back" + (keep ? ", for " + format_span(*keep) : ""));
    invocation.out.set("video", video_json(*removed));
    return {};
}

Outcome<> retry_video(Invocation& invocation, Admin& admin, VideoId id, const VideoArguments&) {
    auto videos = videos_of(admin);
    const auto again = admin.run(videos.retry(id));
    if (!again) return tl::unexpected<Failure>(again.error());
    invocation.out.line(again->title + " will be prepared again");
    invocation.out.set("video", video_json(*again));
    return {};
}

using VideoAction = Outcome<> (*)(Invocation&, Admin&, VideoId, const VideoArguments&);

CLI::App* add_video_command(CLI::App& parent, const char* name, const char* help,
                            VideoAction action, const std::shared_ptr<VideoArguments>& arguments,
                            Command& chosen) {
    CLI::App* command = parent.add_subcommand(name, help);
    command->add_option("id", arguments->id, "The film's id")->required();
    command->callback([&chosen, arguments, action] {
        chosen.run = [arguments, action](Invocation& invocation) -> Outcome<> {
            const auto id = id_of(arguments->id);
            if (!id) return tl::unexpected<Failure>(id.error());
            auto admin = Admin::open(invocation);
            if (!admin) return tl::unexpected<Failure>(admin.error());
            return action(invocation, **admin, *id, *arguments);
        };
    });
    return command;
}

}  // namespace

VideoAdmin videos_of(Admin& admin) {
    Powers& p = admin.powers();
    return VideoAdmin({p.media, p.media, p.audit, admin.bus(), p.clock, p.random});
}

std::string size_text(std::uint64_t bytes) {
    constexpr double kMega = 1000.0 * 1000.0;
    return fmt::format("{:.1f} MB", static_cast<double>(bytes) / kMega);
}

boost::json::object video_json(const Video& video) {
    json::array rungs;
    for (const Rendition& each : video.renditions) rungs.emplace_back(each.name);
    json::object out{{"id", video.id.text()},
                     {"title", video.title},
                     {"owner", video.owner.text()},
                     {"status", text(video.status)},
                     {"progress", video.progress},
                     {"playable_until", video.playable_until.count()},
                     {"duration", video.duration.count()},
                     {"width", video.width},
                     {"height", video.height},
                     {"size", video.size},
                     {"original_kept", video.original_kept},
                     {"renditions", std::move(rungs)},
                     {"created_at", format_rfc3339(video.created_at)},
                     {"error", nullptr}};
    if (video.error) {
        out["error"] = json::object{{"code", video.error->code}, {"message", video.error->message}};
    }
    return out;
}

void add_video(CLI::App& app, Command& chosen) {
    CLI::App* video = app.add_subcommand(
        "video",
        "Films: list, show, remove, bring back, try again. Works beside a running server.");
    video->require_subcommand(1);
    const auto arguments = std::make_shared<VideoArguments>();
    CLI::App* list = video->add_subcommand("list", "Every film, the newest first");
    list->add_flag("--deleted", arguments->deleted,
                   "What was deleted and can be brought back, until when, and how large it is");
    list->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return arguments->deleted ? list_trash(invocation) : list_videos(invocation);
        };
    });
    add_video_command(*video, "show", "What is known of one film", show_video, arguments, chosen);
    CLI::App* remove = add_video_command(
        *video, "remove",
        "Remove a film: it can be brought back for as long as the plan says ([backup.objects] "
        "keep)",
        remove_video, arguments, chosen);
    remove->alias("delete");
    remove->add_flag("--now", arguments->now,
                     "For good, with everything that is stored of it, also out of the trash");
    remove->add_option("--confirm", arguments->confirm, "The id again, instead of asking")
        ->type_name("ID");
    add_video_command(*video, "undelete", "Bring a film back that was removed", undelete_video,
                      arguments, chosen);
    CLI::App* purge = video->add_subcommand(
        "purge", "Remove for good what was removed before: makes room on a full disk");
    purge
        ->add_option("--older-than", arguments->older_than,
                     "Only what was removed longer ago, as in 7d")
        ->type_name("TIME");
    purge->add_option("--confirm", arguments->confirm, "The word purge, instead of asking")
        ->type_name("WORD");
    purge->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return purge_trash(invocation, *arguments);
        };
    });
    add_video_command(*video, "retry", "Prepare a film that failed once more", retry_video,
                      arguments, chosen);
}

}  // namespace syncwatch::apps
