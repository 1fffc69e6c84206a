#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "harness/contents_of.h"
#include "ports/clock.h"
#include "ports/snapshot_source.h"

namespace syncwatch {

/// The smallest thing that can be backed up: a file of lines, the last of which is "end".
class FileSnapshot final : public SnapshotSource {
public:
    FileSnapshot(std::filesystem::path file, Clock& clock)
        : file_(std::move(file)), clock_(clock) {}

    std::string file_name() const override { return "lines.txt"; }
    Async<std::string> fingerprint() override { co_return contents_of(file_); }
    Async<Facts> take(std::filesystem::path into) override {
        const std::string text = contents_of(file_);
        if (text.empty()) co_return fail(ErrorCode::Unavailable, "there is nothing to take");
        std::ofstream(into, std::ios::binary) << text;
        Facts facts;
        facts.moment = clock_.wall();
        facts.engine = "lines";
        facts.position = text;
        facts.bytes = text.size();
        facts.counts = {{"lines", lines(text)}};
        co_return facts;
    }
    Async<Counts> inspect(std::filesystem::path file) override {
        const std::string text = contents_of(file);
        if (!text.ends_with("end\n")) co_return fail(ErrorCode::Corrupt, "it does not end");
        co_return Counts{{"lines", lines(text)}};
    }
    Async<Counts> rehearse(std::filesystem::path file, std::filesystem::path scratch) override {
        std::filesystem::copy_file(file, scratch / "lines.txt");
        co_return co_await inspect(scratch / "lines.txt");
    }

private:
    static std::uint64_t lines(const std::string& text) {
        return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
    }

    const std::filesystem::path file_;
    Clock& clock_;
};

}  // namespace syncwatch
