#include "adapters/ffmpeg/fences.h"

#include <cerrno>
#include <cstddef>
#include <string>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "adapters/ffmpeg/seccomp_architecture.h"

namespace syncwatch::ffmpeg {
namespace {

constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kReadFolder = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kReadAndRun = kReadFolder | LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t kReadAndWrite = kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE;
/// All that the first version knows; what later ones add is let alone.
constexpr std::uint64_t kEveryAccess = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

void allow(int rules, const std::filesystem::path& path, std::uint64_t folder_access,
           std::uint64_t file_access) {
    const UniqueFd opened(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!opened) return;  // What is not there needs no permission.
    std::error_code ignored;
    landlock_path_beneath_attr rule{};
    rule.allowed_access =
        std::filesystem::is_directory(path, ignored) ? folder_access : file_access;
    rule.parent_fd = opened.get();
    (void)::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

UniqueFd file_rules(const Fences& fences, const std::filesystem::path& program) {
    // A program from elsewhere has its libraries nobody knows where.
    if (!program.string().starts_with("/usr/")) return {};
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = kEveryAccess;
    UniqueFd rules(static_cast<int>(
        ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0)));
    if (!rules) return {};
    for (const char* folder : {"/usr", "/lib", "/lib64", "/bin"}) {
        allow(rules.get(), folder, kReadAndRun, kReadAndRun & ~LANDLOCK_ACCESS_FS_READ_DIR);
    }
    for (const char* path : {"/etc/ld.so.cache", "/etc/alternatives", "/etc/ssl/openssl.cnf",
                             "/etc/localtime", "/sys/devices/system/cpu"}) {
        allow(rules.get(), path, kReadFolder, kReadFile);
    }
    for (const char* device : {"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"}) {
        allow(rules.get(), device, kReadAndWrite, kReadAndWrite);
    }
    for (const auto& path : fences.readable) allow(rules.get(), path, kReadFolder, kReadFile);
    return rules;
}

bool limit(int what, rlim_t value) {
    const rlimit both{value, value};
    return ::setrlimit(static_cast<__rlimit_resource>(what), &both) == 0;
}

/// Calls that reach outside the process, and that no decoder needs.
constexpr std::uint32_t kRefused[] = {SYS_socket,
                                      SYS_socketpair,
                                      SYS_connect,
                                      SYS_bind,
                                      SYS_io_uring_setup,  // Opens sockets by itself.
                                      SYS_ptrace,
                                      SYS_pidfd_getfd,
                                      SYS_process_vm_readv,
                                      SYS_process_vm_writev,
                                      SYS_mount,
                                      SYS_unshare,
                                      SYS_setns};
/// On x86-64 the same calls have second numbers, from here on (x32).
constexpr std::uint32_t kSecondNumbers = 0x40000000;
constexpr std::size_t kRefusals = sizeof(kRefused) / sizeof(kRefused[0]);

/// Best effort: a kernel without it says no, and the process goes on behind the other fences.
void refuse_network() {
    if (kArchitecture == 0) return;
    sock_filter program[4 + kRefusals + 2];
    std::size_t at = 0;
    program[at++] = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
    // Another architecture's numbers mean other calls: refuse them all.
    program[at++] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 0, kRefusals + 3);
    program[at++] = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
    program[at++] = BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kSecondNumbers, kRefusals + 1, 0);
    for (std::size_t i = 0; i < kRefusals; ++i) {
        const auto to_refusal = static_cast<std::uint8_t>(kRefusals - i);
        program[at++] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kRefused[i], to_refusal, 0);
    }
    program[at++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    program[at++] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES);
    const sock_fprog filter{static_cast<unsigned short>(at), program};
    (void)::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

}  // namespace

FencesReady::FencesReady(const Fences& fences, const std::filesystem::path& program)
    : fences_(fences), rules_(file_rules(fences, program)) {}

bool FencesReady::enter(int rules) const {
    const auto cpu = static_cast<rlim_t>(fences_.max_cpu_time.count());
    if (cpu > 0 && !limit(RLIMIT_CPU, cpu)) return false;
    if (!limit(RLIMIT_AS, static_cast<rlim_t>(fences_.max_address_space)) ||
        !limit(RLIMIT_NOFILE, static_cast<rlim_t>(fences_.max_open_files)) ||
        !limit(RLIMIT_FSIZE, 0) || !limit(RLIMIT_CORE, 0)) {
        return false;
    }
    // Being already nicer than that is fine, and no reason to stop.
    [[maybe_unused]] const int niceness = ::nice(fences_.niceness);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    if (rules >= 0 && ::syscall(SYS_landlock_restrict_self, rules, 0) != 0) return false;
    refuse_network();
    return true;
}

}  // namespace syncwatch::ffmpeg
