#pragma once
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "apps/region/crew.h"
#include "apps/region/hands.h"
#include "apps/region/lab_state.h"
#include "apps/region/part.h"
#include "apps/region/place.h"
#include "base/unique_fd.h"

namespace syncwatch::lab {

/// How a part is doing, the best last.
enum class Standing : std::uint8_t {
    Absent,   ///< Not started.
    Dead,     ///< One of its servers ended, by itself or by kill.
    Hanging,  ///< Stopped by hang.
    Cut,      ///< Nobody reaches it.
    Ailing,   ///< It runs, and does not answer as it should.
    Healthy,
};

std::string_view text(Standing standing);

struct Survey {
    Standing standing = Standing::Absent;
    std::string remark;  ///< What it says of itself, or why it is not healthy.
};

/// One region's servers and what is remembered of them between commands. Safe from any thread.
class Lab {
public:
    enum class Use : std::uint8_t { Look, Change };  ///< One at a time may change it.

    /// The lab in `folder` as it was made. Errors: NotFound (there is none: "no_lab"), Conflict
    /// ("lab_in_use"), Corrupt, Unavailable.
    static Result<std::unique_ptr<Lab>> open(std::filesystem::path folder, Use use);
    /// The same, or a new one, to become as wished. Errors: as open(), InvalidInput, Conflict
    /// ("lab_differs": ports or stores of one that exists cannot be changed), Forbidden (servers
    /// may not enter the folder).
    static Result<std::unique_ptr<Lab>> make(const std::filesystem::path& folder,
                                             const LabWishes& wishes);

    const Place& place() const { return place_; }
    const std::vector<Part>& parts() const { return parts_; }
    /// nullptr: there is no such part.
    const Part* find(std::string_view name) const;

    Crew crew(const Part& part) const;
    /// Asks the part itself where it runs; takes seconds if it does not answer.
    Survey look_at(const Part& part) const;
    /// All of them at once, in their order.
    std::vector<Survey> look_at_all() const;

    /// Ends what is left of it, and starts door and servers. Errors: those of its start.
    Result<> start(const Part& part);
    /// What it needs once it is healthy. Errors: those of its settle.
    Result<> settle(const Part& part);
    /// Ends it in good order.
    Result<> end(const Part& part);
    /// Ends all in good order, those first that need others. Tells of each.
    Result<> end_all(const std::function<void(const Part&)>& ending);

private:
    Lab(Place place, LabState state, UniqueFd lock);

    std::filesystem::path state_file() const { return place_.folder / "lab.json"; }
    Hands hands(const Part& part);
    Result<> remember(const std::string& part, const std::string& role, pid_t pid);
    Result<> forget(const std::string& part);
    /// Ends nodes and workers that are not wanted any more, and those that know the others by
    /// heart.
    Result<> change_from(const LabOptions& before);
    Result<> end_beyond(std::string_view kind, unsigned wanted, unsigned before);
    Result<> start_door(const Part& part, const Hands& hands);

    Place place_;
    std::vector<Part> parts_;
    UniqueFd lock_;
    mutable std::mutex mutex_;  // Guards state_ and its file.
    LabState state_;
};

}  // namespace syncwatch::lab
