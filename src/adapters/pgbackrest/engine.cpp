#include "adapters/pgbackrest/engine.h"

#include <fstream>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "adapters/pgbackrest/failure.h"

namespace syncwatch::pgbackrest {

std::string repository_option(std::size_t number) {
    return fmt::format("--repo={}", number + 1);
}

Async<program::Ran> Engine::run(Call call) const {
    SW_CO_CHECK(write_configuration(options_));
    program::Spec spec;
    spec.program = options_.program;
    spec.environment = environment({});
    spec.args = {"--config=" + options_.configuration().string(), "--stanza=" + options_.stanza,
                 std::string("--log-level-stderr=") + call.log_level};
    spec.args.insert(spec.args.end(), call.args.begin(), call.args.end());
    SW_CO_TRY(spec.run_as, identity_of(options_));
    program::Limits limits;
    limits.deadline = call.deadline;
    auto ran = co_await program::run(std::move(spec), limits, std::move(call.hear));
    if (ran) co_return *std::move(ran);
    Error error = std::move(ran).error();
    if (error.reason == "not_installed") {
        error.message = "pgBackRest is not installed: there is no program " + options_.program;
        error.reason = "no_pgbackrest";
    }
    co_return fail(std::move(error).within(call.doing));
}

std::vector<std::string> Engine::environment(std::map<std::string, std::string> more) {
    std::vector<std::string> all;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view line(*each);
        const std::string name(line.substr(0, line.find('=')));
        const bool is_kept = !more.contains(name) && !name.starts_with("PGBACKREST_") &&
                             !name.starts_with("SYNCWATCH_");
        if (is_kept) all.emplace_back(line);
    }
    for (const auto& [name, value] : more) all.push_back(fmt::format("{}={}", name, value));
    return all;
}

Async<std::string> Engine::ask(Call call) const {
    const std::string doing = call.doing;
    SW_CO_TRY(program::Ran ran, co_await run(std::move(call)));
    if (ran.end.code != 0) co_return fail(failure_of(doing, ran));
    co_return std::move(ran.out);
}

std::string Engine::postgres_program(const std::string& name) const {
    namespace fs = std::filesystem;
    if (!options_.postgres_programs.empty()) return options_.postgres_programs / name;
    std::ifstream in(options_.data / "PG_VERSION");
    int version = 0;
    std::error_code failed;
    if (in >> version) return fmt::format("/usr/lib/postgresql/{}/bin/{}", version, name);
    // The data folder is lost: the newest that is here.
    for (const auto& each : fs::directory_iterator("/usr/lib/postgresql", failed)) {
        version = std::max(version, std::atoi(each.path().filename().c_str()));
    }
    if (version == 0) return name;
    return fmt::format("/usr/lib/postgresql/{}/bin/{}", version, name);
}

Async<program::Ran> Engine::run_postgres(std::string name, std::vector<std::string> args,
                                         std::chrono::milliseconds deadline) const {
    program::Spec spec;
    spec.program = postgres_program(name);
    spec.args = std::move(args);
    spec.environment = environment({{"TZ", "UTC"}, {"PGCONNECT_TIMEOUT", "5"}, {"LC_ALL", "C"}});
    SW_CO_TRY(spec.run_as, identity_of(options_));
    program::Limits limits;
    limits.deadline = deadline;
    co_return co_await program::run(std::move(spec), limits);
}

}  // namespace syncwatch::pgbackrest
