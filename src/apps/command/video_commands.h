#pragma once
#include <cstdint>
#include <string>

#include <boost/json/object.hpp>

#include "apps/command/admin.h"
#include "services/media/video_admin.h"

/// What the commands below `video` share.
namespace syncwatch::apps {

struct VideoArguments {
    std::string id;
    std::string confirm;
    bool deleted = false;    ///< Of list: the trash.
    bool now = false;        ///< Of remove: past the trash.
    std::string older_than;  ///< Of purge: a span; empty: everything.
};

VideoAdmin videos_of(Admin& admin);
std::string size_text(std::uint64_t bytes);
boost::json::object video_json(const Video& video);

Outcome<> list_trash(Invocation& invocation);
Outcome<> undelete_video(Invocation& invocation, Admin& admin, VideoId id,
                         const VideoArguments& arguments);
/// One film for good, whether it is in the trash or not.
Outcome<> purge_video(Invocation& invocation, Admin& admin, VideoId id,
                      const VideoArguments& arguments);
/// All of the trash, or what is older.
Outcome<> purge_trash(Invocation& invocation, const VideoArguments& arguments);

}  // namespace syncwatch::apps
