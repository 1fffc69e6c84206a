#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "recovery/bundle/bundle.h"

namespace syncwatch::apps {

/// What lies where a file is to go.
enum class Found : std::uint8_t { Nothing, Same, Other };

/// Bundles laid down where their files came from, or below another folder. What lies there is moved
/// aside, never removed, and is at no moment missing; done twice it is done once. Blocking.
class Laying {
public:
    struct Step {
        recovery::BundledFile about;
        std::string bytes;
        std::filesystem::path target;
        bool secret = false;
        Found found = Found::Nothing;
        std::string state;  ///< Tells one state of what lies there from another.
    };
    /// What became of one step.
    struct Laid {
        std::filesystem::path target;
        std::filesystem::path aside;  ///< Where what lay there is now; empty: nothing did.
        bool done = false;            ///< False: it was there already.
        bool owned = true;            ///< Its owner is who it was.
    };

    /// Of two that have the same file, the secrets count: there it is whole. `root` "/": where they
    /// came from. Errors: InvalidInput (two of one kind), Conflict (below another root there is a
    /// link, which would lead out of it).
    static Result<Laying> plan(const std::vector<recovery::Bundle>& bundles,
                               const std::filesystem::path& root);

    const std::vector<Step>& steps() const { return steps_; }
    bool replaces_anything() const;
    bool changes_anything() const;
    /// Changes with anything that lies there, and with what is to lie there.
    std::string token() const;

    /// Each file whole or not at all, durable when it returns. Modes are as they were; secrets are
    /// never for everybody, and for nobody else where their owner is unknown. `stamp` ends the
    /// names of what is moved aside. Errors: Unavailable (the first one that could not be laid
    /// down).
    Result<std::vector<Laid>> lay(const std::string& stamp) const;
    /// Reads all of it back. Errors: Corrupt.
    Result<> compare() const;

private:
    std::vector<Step> steps_;
    std::filesystem::path root_;
};

}  // namespace syncwatch::apps
