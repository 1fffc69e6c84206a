#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/async/shards.h"
#include "gateway/api/authenticator.h"
#include "gateway/http/server.h"
#include "gateway/media/film_server.h"
#include "gateway/media/upload_api.h"
#include "gateway/media/video_api.h"
#include "harness/http_client.h"
#include "harness/media_world.h"

namespace syncwatch {

inline constexpr const char* kSrt = "1\n00:00:01,000 --> 00:00:02,000\nHello\n";

/// The threads of every server that a test started: they outlive the database, which may still be
/// returning from resuming a coroutine on one of them when its server is gone.
class ServerThreads {
protected:
    Shards& more_threads() { return *threads_.emplace_back(std::make_unique<Shards>(2)); }

private:
    std::vector<std::unique_ptr<Shards>> threads_;
};

/// The calls about films, over the real services, behind the real server on a free port.
class MediaHttpWorld : private ServerThreads, public MediaWorld {
public:
    explicit MediaHttpWorld(UploadService::Options options = usual_options())
        : MediaWorld(options) {
        start();
    }
    ~MediaHttpWorld() { stop(); }

    /// As if the server had been killed and started again.
    void restart_server() {
        stop();
        restart_media();
        start();
    }
    /// Before a request that is to be redirected.
    void send_away(http::SegmentRedirects& redirects) {
        running_->film_server.send_away(redirects);
    }
    DeletedFilms& deleted() { return running_->deleted; }
    std::uint16_t port() const { return running_->server.port(); }
    std::string token(const std::string& name) { return register_as(name)->token; }
    harness::HttpClient client(const std::string& token = {}) {
        harness::HttpClient made(port());
        if (!token.empty()) made.as(token);
        return made;
    }

    http::Server::Options server_options;  ///< For the next restart_server().

private:
    struct Running {
        Running(MediaHttpWorld& world, Shards& threads)
            : shards(threads),
              upload_api(*world.uploads, world.authenticator_),
              video_api(*world.library, world.authenticator_),
              reels(world.media, world.bus, world.clock, world.context.get_executor()),
              deleted(world.media, world.bus, world.context.get_executor()),
              film_server(world.links, reels, deleted, *world.blobs, world.clock),
              server(shards, router, world.random, world.server_options) {
            upload_api.add_routes(router);
            video_api.add_routes(router);
            film_server.add_routes(router);
            EXPECT_TRUE(server.listen());
            shards.run();
            server.start();
        }
        Shards& shards;
        http::Router router;
        http::UploadApi upload_api;
        http::VideoApi video_api;
        Reels reels;
        DeletedFilms deleted;
        http::FilmServer film_server;
        http::Server server;
    };

    void start() {
        server_options.port = 0;
        running_ = std::make_unique<Running>(*this, more_threads());
    }
    void stop() {
        if (!running_) return;
        running_->server.drain(std::chrono::milliseconds(0));
        running_->shards.stop();
        running_.reset();
    }

    http::Authenticator authenticator_{*service, {}};
    std::unique_ptr<Running> running_;
};

}  // namespace syncwatch
