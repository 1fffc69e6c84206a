#include <filesystem>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "adapters/ffmpeg/ffmpeg_transcoder.h"
#include "adapters/system/clock_state.h"
#include "adapters/turn/stun_probe.h"
#include "apps/doctor/looks.h"
#include "apps/web/files.h"
#include "base/async/run_to_end.h"
#include "gateway/stream/tls_context.h"

namespace syncwatch::apps {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using tcp = net::ip::tcp;

/// A folder for the moment, gone with it.
class Scratch {
public:
    Scratch() : path_(fs::temp_directory_path() / fmt::format("syncwatch-doctor-{}", ::getpid())) {}
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const fs::path& path() const { return path_; }

private:
    const fs::path path_;
};

boost::system::error_code try_to_listen(const config::Settings& settings) {
    net::io_context context;
    boost::system::error_code failed;
    const auto address = net::ip::make_address(settings.server.address, failed);
    if (failed) return failed;
    const tcp::endpoint endpoint(address, settings.server.port);
    tcp::acceptor acceptor(context);
    acceptor.open(endpoint.protocol(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(endpoint, failed);
    return failed;
}

}  // namespace

void look_at_settings(const config::Loaded& loaded, Findings& findings) {
    for (const config::Problem& each : loaded.problems) {
        findings.problem("configuration", each.text(),
                         "docs/configuration.md describes every setting.");
    }
    if (loaded.problems.empty()) findings.well("configuration", "every setting can be used");
    const config::Settings& s = loaded.settings;
    if (s.listens_beyond_loopback() && !s.tls.on() && !s.server.public_url.starts_with("https:")) {
        findings.advice("configuration",
                        "the server listens beyond this machine without TLS: passwords and films "
                        "can be read on their way",
                        "Set tls.cert and tls.key, or put a proxy with TLS in front and set "
                        "server.public_url and server.trusted_proxies.");
    }
}

void look_at_port(const config::Settings& settings, Findings& findings) {
    const std::string where =
        fmt::format("{} port {}", settings.server.address, settings.server.port);
    if (is_served(settings)) {
        return findings.well("port", "a server runs on this data folder now");
    }
    const auto failed = try_to_listen(settings);
    if (!failed) return findings.well("port", where + " is free");
    if (failed == net::error::address_in_use) {
        return findings.problem("port", where + " is taken by another program",
                                "Stop what listens there, or choose another with --listen.");
    }
    if (failed == net::error::access_denied) {
        return findings.problem("port", where + " may not be taken by this user",
                                "Ports below 1024 need the right CAP_NET_BIND_SERVICE; or choose "
                                "another with --listen.");
    }
    findings.problem("port", where + ": " + failed.message(),
                     "Choose an address of this machine with --listen.");
}

void look_at_programs(const config::Settings& settings, Findings& findings) {
    if (!settings.media.work) {
        return findings.well("ffmpeg", "this node does not transcode (media.work)");
    }
    const Scratch scratch;
    ffmpeg::FfmpegTranscoder::Options options;
    options.ffmpeg = settings.media.ffmpeg;
    options.ffprobe = settings.media.ffprobe;
    options.scratch = scratch.path();
    ffmpeg::FfmpegTranscoder transcoder(std::move(options));
    const auto can = run_to_end(transcoder.prepare());
    if (!can) {
        return findings.problem("ffmpeg", can.error().message,
                                "Install ffmpeg (Debian: apt install ffmpeg), or name it in "
                                "media.ffmpeg and media.ffprobe.");
    }
    findings.well("ffmpeg", can->version);
    if (!can->can_tone_map) {
        findings.advice("ffmpeg", "this ffmpeg cannot turn HDR into what ordinary screens show",
                        "One with the filters zscale and tonemap can.");
    }
}

void look_at_clock(Findings& findings) {
    if (is_clock_in_step()) return findings.well("clock", "is kept in step");
    findings.advice("clock", "the kernel does not know that the clock is kept in step",
                    "Run a time service (systemd-timesyncd, chrony). In a container the host "
                    "does it.");
}

void look_at_web_app(const config::Settings& settings, Findings& findings) {
    if (!settings.web.dir.empty()) {
        std::error_code failed;
        if (fs::exists(settings.web.dir / "index.html", failed)) {
            return findings.well("web app", "from " + settings.web.dir.string());
        }
        return findings.problem("web app", settings.web.dir.string() + " has no index.html",
                                "Build the web app (npm run build in web/), or unset web.dir.");
    }
    if (!web_files().empty()) {
        return findings.well("web app",
                             fmt::format("{} files inside the program", web_files().size()));
    }
    findings.advice("web app", "this build has none: people see no page",
                    "Build web/ first and syncwatch after it, or name a folder with --web-dir.");
}

void look_at_certificate(const config::Settings& settings, const Clock& clock, Findings& findings) {
    if (!settings.tls.on()) return;
    const auto tls = TlsContext::load({settings.tls.cert, settings.tls.key});
    if (!tls) {
        return findings.problem("certificate", tls.error().message,
                                "tls.cert names the certificate chain and tls.key its private "
                                "key, both as PEM.");
    }
    const WallTime end = (*tls)->expires_at();
    const std::string what = "good until " + format_rfc3339(end);
    if (end < clock.wall()) {
        return findings.problem("certificate", "expired at " + format_rfc3339(end),
                                "Renew it; SIGHUP makes a running server take it up.");
    }
    if (end < clock.wall() + 14 * 24h) {
        return findings.advice("certificate", what,
                               "Renew it; SIGHUP makes a running server take it up.");
    }
    findings.well("certificate", what);
}

void look_at_ice_servers(const config::Settings& settings, Findings& findings) {
    if (settings.ice.servers.empty()) {
        return findings.advice("voice", "no TURN server is configured",
                               "Voice works where browsers reach one another directly; a TURN "
                               "server (coturn) in ice.servers makes it work everywhere.");
    }
    for (const std::string& url : settings.ice.servers) {
        const auto there = run_to_end(probe_ice_server(url));
        if (there) {
            findings.well("voice", url + " answers");
        } else {
            findings.problem("voice", there.error().message,
                             "Look whether the server runs and the firewall lets us through.");
        }
    }
}

void look_at_limits(const config::Settings& settings, Findings& findings) {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    constexpr std::size_t kOther = 200;  ///< Database, films, logs.
    const std::string what = fmt::format("{} open files for {} connections", files.rlim_max,
                                         settings.server.max_connections);
    if (files.rlim_max < settings.server.max_connections + kOther) {
        return findings.advice("limits", what,
                               "Raise the hard limit (ulimit -Hn, LimitNOFILE), or lower "
                               "server.max_connections: over it, newcomers wait.");
    }
    findings.well("limits", what);
}

}  // namespace syncwatch::apps
