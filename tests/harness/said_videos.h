#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ports/video_store.h"

namespace syncwatch {

/// Films and their segments as a test says they are, in a database that can be switched off. What
/// only the library asks for is not there.
class SaidVideos final : public VideoStore {
public:
    struct Entry {
        Video video;
        std::vector<Segment> segments;
    };
    std::map<VideoId, Entry> films;
    bool away = false;
    int asked = 0;  ///< For films.

    Async<Video> find(VideoId id) override {
        ++asked;
        if (away) co_return fail_unavailable("database", "switched off", std::chrono::seconds(1));
        const auto found = films.find(id);
        if (found == films.end()) co_return fail(ErrorCode::NotFound, "no film", "no_such_video");
        co_return found->second.video;
    }
    Async<std::vector<Segment>> segments(VideoId id, int from) override {
        if (away) co_return fail_unavailable("database", "switched off", std::chrono::seconds(1));
        std::vector<Segment> found;
        for (const Segment& each : films.at(id).segments) {
            if (each.number >= from) found.push_back(each);
        }
        co_return found;
    }

    Async<std::vector<Video>> videos_of(UserId, int) override { return none<std::vector<Video>>(); }
    Async<std::vector<Video>> all_videos(int) override { return none<std::vector<Video>>(); }
    Async<std::vector<VideoId>> ownerless_videos(int) override {
        return none<std::vector<VideoId>>();
    }
    Async<std::vector<VideoId>> unmeasured_originals(int) override {
        return none<std::vector<VideoId>>();
    }
    Async<std::vector<VideoId>> ready_with_original(int) override {
        return none<std::vector<VideoId>>();
    }
    Async<std::string> plan(VideoId) override { return none<std::string>(); }
    Async<> replace_segment(VideoId, int, Segment, std::vector<StoredBlob>, WallTime) override {
        return none<void>();
    }
    Async<Video> rename(VideoId, std::string) override { return none<Video>(); }
    Async<> remove(VideoId) override { return none<void>(); }
    Async<> put_into_trash(VideoId, WallTime) override { return none<void>(); }
    Async<Video> undelete(VideoId) override { return none<Video>(); }
    Async<std::vector<DeletedVideo>> trash(int) override {
        return none<std::vector<DeletedVideo>>();
    }
    Async<std::vector<VideoId>> ids_in_trash(int) override { return none<std::vector<VideoId>>(); }
    Async<TrashFigures> trash_figures() override { return none<TrashFigures>(); }
    Async<std::vector<VideoId>> empty_trash(WallTime, int) override {
        return none<std::vector<VideoId>>();
    }
    Async<Video> drop_original(VideoId) override { return none<Video>(); }
    Async<Video> add_subtitle(VideoId, SubtitleTrack, StoredBlob, std::size_t, WallTime) override {
        return none<Video>();
    }
    Async<Video> remove_subtitle(VideoId, std::string) override { return none<Video>(); }
    Async<Video> put_subtitle_into_trash(VideoId, std::string, WallTime) override {
        return none<Video>();
    }

private:
    template <class Value>
    static Async<Value> none() {
        co_return fail(ErrorCode::Internal, "not of this twin");
    }
};

}  // namespace syncwatch
