#include "adapters/pgbackrest/stored_sums.h"

#include <algorithm>
#include <fstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "adapters/pgbackrest/log_listing.h"
#include "base/digest.h"
#include "base/encoding.h"

namespace syncwatch::pgbackrest {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end > 0) lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

}  // namespace

Result<std::string> sha1_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(ErrorCode::NotFound, "read " + file.string());
    Digest digest(Digest::Algorithm::Sha1);
    std::vector<char> buffer(std::size_t{1} << 20);
    while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), in.gcount() > 0) {
        digest.update(as_bytes({buffer.data(), static_cast<std::size_t>(in.gcount())}));
    }
    return encode_hex(digest.finish());
}

Async<std::vector<std::string>> stored_sums(const Engine& engine, std::size_t repository,
                                            std::string segment, std::vector<std::string> options,
                                            std::chrono::milliseconds deadline) {
    const std::string root = "archive/" + engine.options().stanza;
    options.push_back(repository_option(repository));
    Engine::Call list;
    list.doing = "list the archives";
    list.args = options;
    list.args.insert(list.args.end(), {"repo-ls", root});
    list.deadline = deadline;
    SW_CO_TRY(const std::string archives, co_await engine.ask(std::move(list)));
    std::vector<std::string> sums;
    for (const std::string& each : lines_of(archives)) {
        if (each.find('-') == std::string::npos) continue;
        Engine::Call look;
        look.doing = "look at " + segment;
        look.args = options;
        look.args.insert(look.args.end(),
                         {"repo-ls", fmt::format("{}/{}/{}", root, each, segment.substr(0, 16)),
                          "--filter=^" + segment + "-"});
        look.deadline = deadline;
        SW_CO_TRY(const std::string files, co_await engine.ask(std::move(look)));
        for (const std::string& file : lines_of(files)) {
            if (auto stored = parse_stored_segment(file)) sums.push_back(std::move(stored->sha1));
        }
    }
    co_return sums;
}

Async<bool> says_something_else(const Engine& engine, std::size_t repository, std::string segment) {
    const auto own = sha1_of(engine.options().data / "pg_wal" / segment);
    if (!own) co_return false;
    std::vector<std::string> no_options;
    SW_CO_TRY(const auto sums,
              co_await stored_sums(engine, repository, std::move(segment), std::move(no_options),
                                   std::chrono::minutes(3)));
    co_return !sums.empty() && std::ranges::find(sums, *own) == sums.end();
}

}  // namespace syncwatch::pgbackrest
