#pragma once
#include <memory>

#include <boost/asio/thread_pool.hpp>

#include "apps/config/settings.h"
#include "apps/node/accounts_part.h"
#include "apps/node/powers.h"
#include "apps/node/storage.h"
#include "gateway/media/film_server.h"
#include "gateway/media/upload_api.h"
#include "gateway/media/video_api.h"
#include "gateway/metrics/text.h"
#include "services/media/deleted_films.h"
#include "services/media/media_upkeep.h"
#include "services/media/reels.h"
#include "services/media/upload_service.h"
#include "services/media/video_library.h"
#include "services/rooms/live_rooms.h"

namespace syncwatch::apps {

/// Films: how they come in, the library, and how players get them.
class MediaPart {
public:
    /// `home`: the executor that hears of changes. `link_key`: signs the addresses of films.
    MediaPart(Powers& powers, Storage& storage, const config::Settings& settings,
              AccountsPart& accounts, KeyStore::Key link_key, net::any_io_executor home);
    ~MediaPart();

    VideoLibrary& library() { return library_; }
    /// As rooms see the library.
    RoomFilms& films() { return room_films_; }
    /// Rooms stand on films, and uploads on rooms: to be called before the first upload.
    void put_films_into(LiveRooms& rooms) { shelf_.rooms = &rooms; }
    /// What players need is exchanged with other nodes while the database is away.
    void share_reels(PeerAnswers& peers) { reels_.share(peers); }

    void add_routes(http::Router& router);
    void write_metrics(metrics::Text& text) const;
    /// What the library does by itself, until it is cancelled.
    net::awaitable<void> upkeep() { return upkeep_.run(); }
    /// Reads what players in rooms will ask for, until it is cancelled.
    net::awaitable<void> read_ahead() { return reels_.read_ahead(clock_); }

private:
    /// The queues of live rooms, as uploads see them.
    struct Shelf final : RoomShelf {
        Async<> put(Principal who, RoomCode room, VideoId video) override {
            return rooms->shelve(std::move(who), room, video);
        }
        LiveRooms* rooms = nullptr;
    };

    /// The library, as rooms see it: of what they are about to watch, players' lists are read
    /// ahead.
    struct Films final : RoomFilms {
        Films(VideoLibrary& all, Reels& watched) : library(all), reels(watched) {}
        Async<std::vector<RoomFilm>> find(std::vector<VideoId> videos) override {
            return library.find(std::move(videos));
        }
        Async<> check_may_queue(Principal who, VideoId video) override {
            return library.check_may_queue(std::move(who), video);
        }
        void expect(VideoId video) override { reels.expect(video); }
        VideoLibrary& library;
        Reels& reels;
    };

    Clock& clock_;
    net::thread_pool pool_{1};  ///< For what takes long.
    Shelf shelf_;
    MediaLinks links_;
    UploadService uploads_;
    VideoLibrary library_;
    Reels reels_;
    DeletedFilms deleted_;
    Films room_films_{library_, reels_};
    MediaUpkeep upkeep_;
    http::UploadApi upload_api_;
    http::VideoApi video_api_;
    std::unique_ptr<http::SegmentRedirects> redirects_;  ///< nullptr: segments are served here.
    http::FilmServer films_;
};

}  // namespace syncwatch::apps
