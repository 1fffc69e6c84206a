#include <fmt/format.h>

#include "adapters/pgbackrest/pgbackrest_backups.h"

namespace syncwatch::pgbackrest {
namespace {

using Target = DatabaseBackups::Target;

/// With its zone: without one the server's own would decide which moment is meant.
std::string with_zone(WallTime time) {
    const auto micros = time.time_since_epoch() % std::chrono::seconds(1);
    std::string text = format_rfc3339(time).substr(0, 19);
    text[10] = ' ';
    return fmt::format("{}.{:06}+00", text, micros.count());
}

void add_target(const Target& target, std::vector<std::string>& args) {
    switch (target.kind) {
        case Target::Kind::Latest: return;
        case Target::Kind::Immediate: args.emplace_back("--type=immediate"); break;
        case Target::Kind::Time:
            args.emplace_back("--type=time");
            args.push_back("--target=" + with_zone(target.time));
            break;
        case Target::Kind::Lsn:
            args.emplace_back("--type=lsn");
            args.push_back("--target=" + wal::text(target.lsn));
            break;
        case Target::Kind::Transaction:
            args.emplace_back("--type=xid");
            args.push_back("--target=" + target.word);
            break;
        case Target::Kind::Name:
            args.emplace_back("--type=name");
            args.push_back("--target=" + target.word);
            break;
    }
    args.emplace_back("--target-action=promote");
}

}  // namespace

Async<> PgBackRestBackups::restore(Restoration restoration) {
    Engine::Call call;
    call.doing = "restore " + restoration.label;
    call.args = {repository_option(restoration.repository), "--set=" + restoration.label,
                 "--pg1-path=" + restoration.into.string(), "--archive-mode=off",
                 fmt::format("--tablespace-map-all={}-tablespaces", restoration.into.string())};
    add_target(restoration.target, call.args);
    if (restoration.target.kind == Target::Kind::Latest) call.args.emplace_back("--type=default");
    // The end of a backup is on its own timeline, and no other may be named.
    if (restoration.target.kind != Target::Kind::Immediate) {
        call.args.push_back(restoration.is_own_timeline
                                ? std::string("--target-timeline=current")
                                : fmt::format("--target-timeline=0x{:X}", restoration.timeline));
    }
    if (!restoration.fetch.empty()) {
        call.args.push_back("--recovery-option=restore_command=" + restoration.fetch);
    }
    call.args.emplace_back("restore");
    call.deadline = std::chrono::hours(24);
    SW_CO_CHECK(co_await engine_.ask(std::move(call)));
    co_return Result<>();
}

}  // namespace syncwatch::pgbackrest
