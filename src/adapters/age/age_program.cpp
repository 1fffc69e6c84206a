#include "adapters/age/age_program.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "adapters/age/age_header.h"
#include "adapters/program/memory_file.h"
#include "adapters/program/run.h"
#include "adapters/program/surroundings.h"
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

/// A new file, removed with the object unless it is kept.
class NewFile {
public:
    explicit NewFile(fs::path path) : path_(std::move(path)) {}
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile() {
        if (!kept_) (void)::unlink(path_.c_str());
    }
    void keep() { kept_ = true; }

private:
    const fs::path path_;
    bool kept_ = false;
};

/// Its own words: "age: error: …".
std::string last_error(const std::string& said) {
    constexpr std::string_view kStart = "age: error: ";
    const std::size_t start = said.find(kStart);
    if (start == std::string::npos) return "it said nothing";
    const std::size_t from = start + kStart.size();
    return said.substr(from, said.find('\n', from) - from);
}

tl::unexpected<Error> encrypt_failure(const program::Ran& ran,
                                      const std::vector<std::string>& recipients) {
    for (const std::string& each : recipients) {
        if (ran.errors.find(fmt::format("\"{}\"", each)) == std::string::npos) continue;
        return fail(ErrorCode::InvalidInput, each + " is no public key of age");
    }
    return fail_unavailable("backup", "age: " + last_error(ran.errors), std::chrono::seconds(5));
}

/// What `age` is run with, and the files that it reads and writes.
struct Call {
    program::Spec spec;
    UniqueFd input;
    UniqueFd output;
};

/// `wrote`: its limit, of any file.
Call call_of(const Options& options, UniqueFd input, UniqueFd output, std::uint64_t wrote) {
    Call call;
    call.spec.program = options.program;
    call.spec.environment = program::bare_environment();
    call.spec.input = input.get();
    call.spec.output = output.get();
    call.spec.max_file_bytes = wrote;
    call.input = std::move(input);
    call.output = std::move(output);
    return call;
}

Async<program::Ran> run_age(program::Spec spec, std::chrono::milliseconds deadline) {
    program::Limits limits;
    limits.deadline = deadline;
    limits.patience = std::chrono::milliseconds(0);  // It has nothing to put in order.
    auto ran = co_await program::run(std::move(spec), limits);
    if (ran) co_return *std::move(ran);
    Error error = std::move(ran).error();
    if (error.reason == "not_installed") {
        co_return fail(ErrorCode::NotFound, "age is not installed", "no_age");
    }
    co_return fail(std::move(error));
}

Result<Call> begin_encrypting(const Options& options, const std::string& plain,
                              const std::vector<std::string>& recipients, const fs::path& into) {
    if (recipients.empty()) return fail(ErrorCode::InvalidInput, "nobody is to open it");
    if (plain.size() > options.most_bytes) {
        return fail(ErrorCode::TooLarge, "there is too much to encrypt");
    }
    std::vector<std::string> args{"-e"};
    for (const std::string& each : recipients) {
        if (each.starts_with('-')) {
            return fail(ErrorCode::InvalidInput, each + " is no public key of age");
        }
        args.insert(args.end(), {"-r", each});
    }
    SW_TRY(UniqueFd input, program::memory_file(plain));
    UniqueFd output(::open(into.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!output && errno == EEXIST) {
        return fail(ErrorCode::Conflict, into.string() + " is there already");
    }
    if (!output) {
        return fail_unavailable("backup",
                                fmt::format("make {}: {}", into.string(), std::strerror(errno)),
                                std::chrono::seconds(5));
    }
    Call call =
        call_of(options, std::move(input), std::move(output), with_room(options.most_bytes));
    call.spec.args = std::move(args);
    return call;
}

/// Its size.
Result<std::uint64_t> end_encrypting(const UniqueFd& output) {
    const ::off_t size = ::lseek(output.get(), 0, SEEK_END);
    if (size <= 0 || ::fsync(output.get()) != 0) {
        return fail_unavailable("backup", "age wrote nothing", std::chrono::seconds(5));
    }
    return static_cast<std::uint64_t>(size);
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

tl::unexpected<Error> decrypt_failure(const program::Ran& ran, const fs::path& file,
                                      const fs::path& identity) {
    const std::string said = last_error(ran.errors);
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

Result<Call> begin_decrypting(const Options& options, const fs::path& file,
                              const fs::path& identity) {
    UniqueFd input(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!input && errno == ENOENT) return fail(ErrorCode::NotFound, "there is no " + file.string());
    if (!input) {
        return fail_unavailable("backup",
                                fmt::format("open {}: {}", file.string(), std::strerror(errno)),
                                std::chrono::seconds(5));
    }
    SW_CHECK(check_identity(identity));
    SW_TRY(UniqueFd output, program::memory_file(""));
    Call call = call_of(options, std::move(input), std::move(output), options.most_bytes);
    call.spec.args = {"-d", "-i", fs::absolute(identity).string()};
    return call;
}

}  // namespace

Async<std::uint64_t> AgeProgram::encrypt(std::string plain, std::vector<std::string> recipients,
                                         fs::path into) {
    auto begin = [this, plain = std::move(plain), recipients, into] {
        return begin_encrypting(options_, plain, recipients, into);
    };
    SW_CO_TRY(Call call, co_await offload(pool_, std::move(begin)));
    // Half a file must not be left, whatever comes: this coroutine may be destroyed as it waits.
    NewFile file(std::move(into));
    SW_CO_TRY(const program::Ran ran, co_await run_age(std::move(call.spec), options_.deadline));
    if (!ran.end.is_good()) co_return encrypt_failure(ran, recipients);
    auto end = [output = std::move(call.output)] { return end_encrypting(output); };
    SW_CO_TRY(const std::uint64_t size, co_await offload(pool_, std::move(end)));
    file.keep();
    co_return size;
}

Async<std::string> AgeProgram::decrypt(fs::path file, fs::path identity) {
    auto begin = [this, file, identity] { return begin_decrypting(options_, file, identity); };
    SW_CO_TRY(Call call, co_await offload(pool_, std::move(begin)));
    SW_CO_TRY(const program::Ran ran, co_await run_age(std::move(call.spec), options_.deadline));
    // It writes what it could read before it finds that the rest is damaged: that is not given.
    if (!ran.end.is_good()) co_return decrypt_failure(ran, file, identity);
    auto read = [output = std::move(call.output), most = options_.most_bytes] {
        return program::read_whole(output.get(), most);
    };
    co_return co_await offload(pool_, std::move(read));
}

Async<std::string> AgeProgram::version() {
    program::Spec spec;
    spec.program = options_.program;
    spec.args = {"--version"};
    spec.environment = program::bare_environment();
    SW_CO_TRY(program::Ran ran, co_await run_age(std::move(spec), options_.deadline));
    if (!ran.end.is_good()) ran.out.clear();
    co_return ran.out.substr(0, ran.out.find('\n'));
}

}  // namespace syncwatch::age
