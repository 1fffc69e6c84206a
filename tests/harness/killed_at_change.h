#pragma once
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace syncwatch::harness {

enum class KilledAtChange { Killed, Ended, Impossible };

/// From here on this process stops for its tracer before each system call that changes files.
inline bool stop_before_changes() {
    constexpr std::array kChanges = {
#ifdef SYS_link  // Newer machines have only the second of each.
        SYS_link,     SYS_rename,   SYS_unlink,
#endif
        SYS_linkat,   SYS_renameat, SYS_renameat2, SYS_unlinkat,
        SYS_pwrite64, SYS_write,    SYS_ftruncate, SYS_copy_file_range,
    };
    std::vector<sock_filter> program = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    for (const long call : kChanges) {
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
        program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
    }
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/// Does `work` in a child that is killed just before the n-th time (from 1) that it changes a file
/// or a name. Ended: there were fewer. Impossible: no process may be traced here.
template <class Work>
KilledAtChange killed_at_change(int n, Work work) {
    constexpr int kImpossible = 77;
    const pid_t child = ::fork();
    if (child == 0) {
        if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(kImpossible);
        ::raise(SIGSTOP);
        if (!stop_before_changes()) ::_exit(kImpossible);
        work();
        ::_exit(0);
    }
    int status = 0;
    const auto wait = [&status, child] {
        while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        return WIFSTOPPED(status);
    };
    if (wait()) {
        ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL);
    }
    int signal = 0;
    for (int seen = 0; WIFSTOPPED(status);) {
        ::ptrace(PTRACE_CONT, child, nullptr, signal);
        const bool stopped = wait();
        const bool is_change = stopped && status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8);
        signal = stopped && !is_change ? WSTOPSIG(status) : 0;
        if (!is_change || ++seen < n) continue;
        ::kill(child, SIGKILL);
        wait();
        return KilledAtChange::Killed;
    }
    if (WIFSIGNALED(status)) ADD_FAILURE() << "it died of signal " << WTERMSIG(status);
    return WIFEXITED(status) && WEXITSTATUS(status) == kImpossible ? KilledAtChange::Impossible
                                                                   : KilledAtChange::Ended;
}

}  // namespace syncwatch::harness
