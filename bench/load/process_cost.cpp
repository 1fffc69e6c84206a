#include "load/process_cost.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

namespace syncwatch::bench {
namespace {

/// The number behind `label` in a file of labels and numbers; 0: there is none.
std::int64_t number_in(const std::string& file, const std::string& label) {
    std::ifstream in(file);
    std::string word;
    while (in >> word) {
        std::int64_t number = 0;
        if (word == label && in >> number) return number;
    }
    return 0;
}

}  // namespace

std::int64_t cpu_ns(const std::vector<pid_t>& processes) {
    std::int64_t sum = 0;
    for (const pid_t process : processes) {
        std::error_code gone;
        const std::filesystem::directory_iterator tasks(fmt::format("/proc/{}/task", process),
                                                        gone);
        for (const auto& task : tasks) {
            std::int64_t run = 0;
            if (std::ifstream(task.path() / "schedstat") >> run) sum += run;
        }
    }
    return sum;
}

std::int64_t resident_kib(const std::vector<pid_t>& processes) {
    std::int64_t sum = 0;
    for (const pid_t process : processes) {
        sum += number_in(fmt::format("/proc/{}/smaps_rollup", process), "Rss:");
    }
    return sum;
}

std::int64_t tcp_kib() {
    std::ifstream in("/proc/net/sockstat");
    std::string word;
    while (in >> word && word != "TCP:") {
    }
    std::int64_t pages = 0;
    while (in >> word && word != "mem") {
    }
    in >> pages;
    return pages * ::sysconf(_SC_PAGESIZE) / 1024;
}

}  // namespace syncwatch::bench
