#include "adapters/pgbackrest/engine.h"

#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "adapters/pgbackrest/failure.h"

namespace syncwatch::pgbackrest {

std::string repository_option(std::size_t number) {
    return fmt::format("--repo={}", number + 1);
}

Async<ProgramRan> Engine::run(Call call) const {
    SW_CO_CHECK(write_configuration(options_));
    ProgramSpec spec;
    spec.program = options_.program;
    spec.args = {"--config=" + options_.configuration().string(), "--stanza=" + options_.stanza,
                 std::string("--log-level-stderr=") + call.log_level};
    spec.args.insert(spec.args.end(), call.args.begin(), call.args.end());
    SW_CO_TRY(spec.run_as, identity_of(options_));
    ProgramLimits limits;
    limits.deadline = call.deadline;
    auto ran = co_await run_program(std::move(spec), limits, std::move(call.hear));
    if (ran) co_return *std::move(ran);
    Error error = std::move(ran).error();
    if (error.reason == "not_installed") {
        error.message = "pgBackRest is not installed: there is no program " + options_.program;
        error.reason = "no_pgbackrest";
    }
    co_return fail(std::move(error).within(call.doing));
}

Async<std::string> Engine::ask(Call call) const {
    const std::string doing = call.doing;
    SW_CO_TRY(ProgramRan ran, co_await run(std::move(call)));
    if (ran.code != 0) co_return fail(failure_of(doing, ran));
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

Async<ProgramRan> Engine::run_postgres(std::string program, std::vector<std::string> args,
                                       std::chrono::milliseconds deadline) const {
    ProgramSpec spec;
    spec.program = postgres_program(program);
    spec.args = std::move(args);
    spec.environment = {{"TZ", "UTC"}, {"PGCONNECT_TIMEOUT", "5"}, {"LC_ALL", "C"}};
    SW_CO_TRY(spec.run_as, identity_of(options_));
    ProgramLimits limits;
    limits.deadline = deadline;
    co_return co_await run_program(std::move(spec), limits);
}

}  // namespace syncwatch::pgbackrest
