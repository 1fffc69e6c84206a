#include "adapters/age/age_program.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "adapters/age/age_header.h"
#include "adapters/age/program_run.h"
#include "base/async/offload.h"

namespace syncwatch::age {
namespace {

namespace fs = std::filesystem;
using Options = AgeProgram::Options;

/// What an encrypted file is longer than what is in it, at most: the header, and 16 bytes for each
/// 64 KiB.
std::uint64_t with_room(std::uint64_t bytes) {
    return bytes + bytes / 1024 + kMostHeader;
}

Error missing_program(Error error) {
    if (error.code == ErrorCode::NotFound) error.reason = "no_age";
    return error;
}

/// Its own words: "age: error: …".
std::string last_error(const std::string& said) {
    constexpr std::string_view kStart = "age: error: ";
    const std::size_t start = said.find(kStart);
    if (start == std::string::npos) return "it said nothing";
    const std::size_t from = start + kStart.size();
    return said.substr(from, said.find('\n', from) - from);
}

tl::unexpected<Error> encrypt_failure(const ProgramEnd& end,
                                      const std::vector<std::string>& recipients) {
    for (const std::string& each : recipients) {
        if (end.errors.find(fmt::format("\"{}\"", each)) == std::string::npos) continue;
        return fail(ErrorCode::InvalidInput, each + " is no public key of age");
    }
    return fail_unavailable("backup", "age: " + last_error(end.errors), std::chrono::seconds(5));
}

Result<std::uint64_t> encrypt_now(const Options& options, const std::string& plain,
                                  const std::vector<std::string>& recipients,
                                  const fs::path& into) {
    if (recipients.empty()) return fail(ErrorCode::InvalidInput, "nobody is to open it");
    if (plain.size() > options.most_bytes) {
        return fail(ErrorCode::TooLarge, "there is too much to encrypt");
    }
    ProgramRun run;
    run.command = {options.program, "-e"};
    for (const std::string& each : recipients) {
        if (each.starts_with('-')) {
            return fail(ErrorCode::InvalidInput, each + " is no public key of age");
        }
        run.command.insert(run.command.end(), {"-r", each});
    }
    SW_TRY(const UniqueFd input, memory_file(plain));
    const UniqueFd output(::open(into.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!output && errno == EEXIST) {
        return fail(ErrorCode::Conflict, into.string() + " is there already");
    }
    if (!output) {
        return fail_unavailable("backup",
                                fmt::format("make {}: {}", into.string(), std::strerror(errno)),
                                std::chrono::seconds(5));
    }
    run.input = input.get();
    run.output = output.get();
    run.most_output = with_room(options.most_bytes);
    run.deadline = options.deadline;
    const auto encrypted = [&]() -> Result<std::uint64_t> {
        SW_TRY(const ProgramEnd end, run_program(run).map_error(missing_program));
        if (end.code != 0) return encrypt_failure(end, recipients);
        const ::off_t size = ::lseek(output.get(), 0, SEEK_END);
        if (size <= 0 || ::fsync(output.get()) != 0) {
            return fail_unavailable("backup", "age wrote nothing", std::chrono::seconds(5));
        }
        return static_cast<std::uint64_t>(size);
    }();
    if (!encrypted) (void)::unlink(into.c_str());
    return encrypted;
}

/// Of the file of a key; what is in it is not told.
Result<> check_identity(const fs::path& identity) {
    const UniqueFd file(::open(identity.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        return fail(ErrorCode::NotFound,
                    fmt::format("the key {}: {}", identity.string(), std::strerror(errno)),
                    "no_identity");
    }
    constexpr std::string_view kArmored = "-----BEGIN AGE ENCRYPTED FILE-----";
    std::string start(kArmored.size(), '\0');
    const auto got = ::pread(file.get(), start.data(), start.size(), 0);
    start.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    if (start == kArmored || is_age_file(start)) {
        return fail(ErrorCode::InvalidInput,
                    identity.string() + " is locked with a passphrase itself", "locked_identity");
    }
    return {};
}

tl::unexpected<Error> decrypt_failure(const ProgramEnd& end, const fs::path& file,
                                      const fs::path& identity) {
    const std::string said = last_error(end.errors);
    if (said.find("no identity matched") != std::string::npos) {
        return fail(
            ErrorCode::Forbidden,
            fmt::format("none of the keys in {} opens {}", identity.string(), file.string()),
            "wrong_key");
    }
    // Its words may hold what stands in the file: they are not passed on.
    if (said.starts_with("reading ")) {
        return fail(ErrorCode::InvalidInput, identity.string() + " holds no secret key of age");
    }
    return fail(ErrorCode::Corrupt, fmt::format("{} is damaged: {}", file.string(), said));
}

Result<std::string> decrypt_now(const Options& options, const fs::path& file,
                                const fs::path& identity) {
    const UniqueFd input(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!input && errno == ENOENT) return fail(ErrorCode::NotFound, "there is no " + file.string());
    if (!input) {
        return fail_unavailable("backup",
                                fmt::format("open {}: {}", file.string(), std::strerror(errno)),
                                std::chrono::seconds(5));
    }
    SW_CHECK(check_identity(identity));
    SW_TRY(const UniqueFd output, memory_file(""));
    ProgramRun run;
    run.command = {options.program, "-d", "-i", fs::absolute(identity).string()};
    run.input = input.get();
    run.output = output.get();
    run.most_output = options.most_bytes;
    run.deadline = options.deadline;
    SW_TRY(const ProgramEnd end, run_program(run).map_error(missing_program));
    // It writes what it could read before it finds that the rest is damaged: that is not given.
    if (end.code != 0) return decrypt_failure(end, file, identity);
    return read_whole(output.get(), options.most_bytes);
}

Result<std::string> version_now(const Options& options) {
    SW_TRY(const UniqueFd nothing, memory_file(""));
    SW_TRY(const UniqueFd output, memory_file(""));
    ProgramRun run;
    run.command = {options.program, "--version"};
    run.input = nothing.get();
    run.output = output.get();
    run.deadline = options.deadline;
    SW_TRY(const ProgramEnd end, run_program(run).map_error(missing_program));
    SW_TRY(std::string said, read_whole(output.get(), 1024));
    if (end.code != 0) said.clear();
    return said.substr(0, said.find('\n'));
}

}  // namespace

Async<std::uint64_t> AgeProgram::encrypt(std::string plain, std::vector<std::string> recipients,
                                         fs::path into) {
    auto work = [this, plain = std::move(plain), recipients = std::move(recipients),
                 into = std::move(into)] { return encrypt_now(options_, plain, recipients, into); };
    co_return co_await offload(pool_, std::move(work));
}

Async<std::string> AgeProgram::decrypt(fs::path file, fs::path identity) {
    auto work = [this, file = std::move(file), identity = std::move(identity)] {
        return decrypt_now(options_, file, identity);
    };
    co_return co_await offload(pool_, std::move(work));
}

Async<std::string> AgeProgram::version() {
    auto work = [this] { return version_now(options_); };
    co_return co_await offload(pool_, std::move(work));
}

}  // namespace syncwatch::age
