#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace syncwatch::apps {

/// What a look at one thing came to.
struct Finding {
    enum class Level : std::uint8_t {
        Well,
        Advice,   ///< It works; it could be better.
        Problem,  ///< Something does not work, or will not.
    };
    Level level = Level::Well;
    std::string subject;  ///< "database"
    std::string what;     ///< What was found: lower case, no full stop.
    std::string mend;     ///< What to do about it: a sentence. Empty when it is well.
    /// Stored data is not what it must be: more than something to set right.
    bool damaged = false;
};

/// Gathers findings.
class Findings {
public:
    void well(std::string subject, std::string what) {
        all_.push_back({Finding::Level::Well, std::move(subject), std::move(what), {}, false});
    }
    void advice(std::string subject, std::string what, std::string mend) {
        all_.push_back(
            {Finding::Level::Advice, std::move(subject), std::move(what), std::move(mend), false});
    }
    void problem(std::string subject, std::string what, std::string mend) {
        all_.push_back(
            {Finding::Level::Problem, std::move(subject), std::move(what), std::move(mend), false});
    }
    void damage(std::string subject, std::string what, std::string mend) {
        problem(std::move(subject), std::move(what), std::move(mend));
        all_.back().damaged = true;
    }

    const std::vector<Finding>& all() const { return all_; }
    std::size_t count(Finding::Level level) const;
    bool any_damage() const;

private:
    std::vector<Finding> all_;
};

std::string_view text(Finding::Level level);

}  // namespace syncwatch::apps
