#include "apps/lab/certificates.h"

#include <fstream>

namespace syncwatch::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kToolPatience = 60s;

}  // namespace

Result<> make_server_certificate(const std::filesystem::path& folder, Launch like) {
    std::ofstream(folder / "extensions")
        << "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
    SW_CHECK(hand_over(folder / "extensions"));
    like.folder = folder;
    const auto openssl = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "openssl");
        like.command = std::move(arguments);
        return run_tool(like, kToolPatience);
    };
    SW_CHECK(openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                      "-nodes", "-days", "30", "-subj", "/CN=lab authority", "-keyout", "ca.key",
                      "-out", "ca.crt"}));
    SW_CHECK(openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"}));
    SW_CHECK(openssl({"x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
                      "-CAcreateserial", "-days", "30", "-out", "server.crt", "-extfile",
                      "extensions"}));
    std::ofstream(folder / "server.pem") << std::ifstream(folder / "server.crt").rdbuf()
                                         << std::ifstream(folder / "server.key").rdbuf();
    return hand_over(folder);
}

}  // namespace syncwatch::lab
