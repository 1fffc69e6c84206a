// The manifests, rendered where the machine has a kubectl that can, and held against the program.

#include <map>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "deploy/project.h"

namespace syncwatch::deploy {
namespace {

namespace json = boost::json;

constexpr const char* kFolder = "deploy/kubernetes/";

std::string text(const json::value& value) {
    return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

/// All pods of a label set have the labels that a selector asks for.
bool selects(const json::value& selector, const json::value& labels) {
    for (const auto& [name, value] : selector.as_object()) {
        const auto* has = labels.as_object().if_contains(name);
        if (has == nullptr || *has != value) return false;
    }
    return true;
}

class Region {
public:
    explicit Region(const std::string& name) {
        const Ended ended =
            run(std::string("kubectl kustomize '" SW_SOURCE_ROOT "/") + kFolder + name + "'");
        EXPECT_EQ(ended.status, 0) << ended.said;
        for (const auto& each : yaml(ended.said)) {
            things_[text(each.at("kind"))][text(each.at_pointer("/metadata/name"))] = each;
        }
    }

    const std::map<std::string, json::value>& of(const std::string& kind) const {
        const auto found = things_.find(kind);
        static const std::map<std::string, json::value> kNone;
        return found == things_.end() ? kNone : found->second;
    }
    const json::value& pod(const std::string& deployment) const {
        return of("Deployment").at(deployment).at_pointer("/spec/template");
    }
    const json::value& container(const std::string& deployment) const {
        return pod(deployment).at_pointer("/spec/containers/0");
    }

private:
    std::map<std::string, std::map<std::string, json::value>> things_;
};

class KubernetesTest : public ::testing::Test {
protected:
    void SetUp() override {
        // Debian 12's kubernetes-client is too old to know what these files say.
        if (run("kubectl version --client | grep -qE 'Kustomize Version: v([5-9]|[1-9][0-9])'")
                .status == 0) {
            return;
        }
        GTEST_SKIP() << "no kubectl with kustomize 5 is here: the manifests are not rendered";
    }
};

TEST(ManifestTest, EveryFileIsYamlAndBelongsToAKustomization) {
    std::set<std::string> named;
    for (const std::string& file : files_under(kFolder)) {
        if (!file.ends_with("/kustomization.yaml")) continue;
        const std::string folder = file.substr(0, file.rfind('/') + 1);
        const auto documents = yaml(read(file));
        ASSERT_EQ(documents.size(), 1u) << file;
        named.insert(file);
        const auto take = [&](const json::value& files) {
            for (const auto& each : files.as_array()) named.insert(folder + text(each));
        };
        take(documents[0].at("resources"));
        if (const auto* made = documents[0].as_object().if_contains("configMapGenerator")) {
            for (const auto& each : made->as_array()) take(each.at("files"));
        }
    }
    for (const std::string& file : files_under(kFolder)) {
        EXPECT_TRUE(named.contains(file)) << "nothing uses " << file;
        if (!file.ends_with(".yaml")) continue;
        EXPECT_GE(yaml(read(file)).size(), 1u) << file;
    }
}

TEST_F(KubernetesTest, BothRegionsHaveTheSameThings) {
    const Region a("region-a");
    const Region b("region-b");
    for (const char* kind : {"Deployment", "Service", "Ingress", "PodDisruptionBudget",
                             "HorizontalPodAutoscaler", "NetworkPolicy", "Namespace"}) {
        EXPECT_GE(a.of(kind).size(), 1u) << kind;
        ASSERT_EQ(a.of(kind).size(), b.of(kind).size()) << kind;
    }
    for (const auto& [name, deployment] : b.of("Deployment")) {
        EXPECT_EQ(deployment.at_pointer("/spec/replicas"), 0) << "b stands by";
        const auto& spec = a.of("Deployment").at(name).at("spec").as_object();
        EXPECT_FALSE(spec.contains("replicas")) << "the autoscaler says how many";
    }
}

TEST_F(KubernetesTest, WhatIsNamedIsThere) {
    const Region region("region-a");
    for (const auto& [name, deployment] : region.of("Deployment")) {
        const auto& container = region.container(name);
        EXPECT_TRUE(text(container.at("image")).starts_with("registry.example/syncwatch:")) << name;
        for (const auto& volume : region.pod(name).at_pointer("/spec/volumes").as_array()) {
            const auto* map = volume.as_object().if_contains("configMap");
            if (map == nullptr) continue;
            EXPECT_TRUE(region.of("ConfigMap").contains(text(map->at("name")))) << name;
        }
        EXPECT_TRUE(region.of("ServiceAccount")
                        .contains(text(region.pod(name).at_pointer("/spec/serviceAccountName"))));
    }
    for (const auto& [name, scaler] : region.of("HorizontalPodAutoscaler")) {
        const std::string target = text(scaler.at_pointer("/spec/scaleTargetRef/name"));
        EXPECT_TRUE(region.of("Deployment").contains(target)) << name;
        EXPECT_GE(scaler.at_pointer("/spec/minReplicas").as_int64(), 2) << "one may always go";
        EXPECT_TRUE(
            region.container(target).at_pointer("/resources/requests").as_object().contains("cpu"))
            << "a part of nothing cannot be told";
    }
    const auto& paths =
        region.of("Ingress").at("syncwatch").at_pointer("/spec/rules/0/http/paths").as_array();
    const auto& service =
        region.of("Service").at(text(paths[0].at_pointer("/backend/service/name")));
    EXPECT_EQ(service.at_pointer("/spec/ports/0/name"),
              paths[0].at_pointer("/backend/service/port/name"));
}

TEST_F(KubernetesTest, SelectorsFindThePodsThatAreMeant) {
    const Region region("region-a");
    const auto node = region.pod("syncwatch-node").at_pointer("/metadata/labels");
    const auto worker = region.pod("syncwatch-worker").at_pointer("/metadata/labels");
    const auto service = region.of("Service").at("syncwatch").at_pointer("/spec/selector");
    EXPECT_TRUE(selects(service, node));
    EXPECT_FALSE(selects(service, worker)) << "workers serve nobody";
    for (const auto& [name, budget] : region.of("PodDisruptionBudget")) {
        const auto selector = budget.at_pointer("/spec/selector/matchLabels");
        EXPECT_EQ(selects(selector, node), name == "syncwatch-node");
        EXPECT_EQ(selects(selector, worker), name == "syncwatch-worker");
        EXPECT_EQ(budget.at_pointer("/spec/maxUnavailable"), 1);
    }
    for (const auto& [name, deployment] : region.of("Deployment")) {
        const auto labels = region.pod(name).at_pointer("/metadata/labels");
        EXPECT_TRUE(selects(deployment.at_pointer("/spec/selector/matchLabels"), labels));
        EXPECT_EQ(selects(deployment.at_pointer("/spec/selector/matchLabels"), node),
                  name == "syncwatch-node");
    }
    const auto policy =
        region.of("NetworkPolicy").at("syncwatch").at_pointer("/spec/podSelector/matchLabels");
    EXPECT_TRUE(selects(policy, node) && selects(policy, worker));
}

TEST_F(KubernetesTest, ProbesAskWhatTheProgramAnswers) {
    const Region region("region-a");
    const std::string health = read("src/gateway/health/health_api.cpp");
    for (const auto& [name, deployment] : region.of("Deployment")) {
        const auto& container = region.container(name);
        for (const auto& [probe, path] : {std::pair{"startupProbe", "/health/ready"},
                                          std::pair{"readinessProbe", "/health/ready"},
                                          std::pair{"livenessProbe", "/health/live"}}) {
            EXPECT_EQ(container.at(probe).at_pointer("/httpGet/path"), path) << name;
            EXPECT_EQ(container.at(probe).at_pointer("/httpGet/port"),
                      container.at_pointer("/ports/0/name"));
            EXPECT_NE(health.find(std::string("\"") + path + "\""), std::string::npos) << path;
        }
        const std::string listen = *all(read(std::string(kFolder) + "region-a/syncwatch.toml"),
                                        "\nlisten = \"[0-9.]+:([0-9]+)\"")
                                        .begin();
        EXPECT_EQ(text(container.at_pointer("/ports/0/containerPort")), listen);
        EXPECT_EQ(
            text(region.pod(name).at_pointer("/metadata/annotations").at("prometheus.io/port")),
            listen);
        // preStop and the ten seconds that a drain may take.
        EXPECT_GE(region.pod(name).at_pointer("/spec/terminationGracePeriodSeconds").as_int64(),
                  20);
    }
}

TEST_F(KubernetesTest, PodsAreFencedInAsStrictlyAsKubernetesKnows) {
    const Region region("region-a");
    EXPECT_EQ(region.of("Namespace")
                  .at("syncwatch")
                  .at_pointer("/metadata/labels")
                  .at("pod-security.kubernetes.io/enforce"),
              "restricted");
    const auto user = *all(read("deploy/Containerfile"), "\nUSER ([0-9]+):").begin();
    for (const auto& [name, deployment] : region.of("Deployment")) {
        const auto pod = region.pod(name).at("spec");
        EXPECT_EQ(pod.at("automountServiceAccountToken"), false) << name;
        EXPECT_EQ(pod.at_pointer("/securityContext/runAsNonRoot"), true);
        EXPECT_EQ(pod.at_pointer("/securityContext/seccompProfile/type"), "RuntimeDefault");
        EXPECT_EQ(text(pod.at_pointer("/securityContext/runAsUser")), user);
        EXPECT_EQ(pod.at_pointer("/securityContext/fsGroup"),
                  pod.at_pointer("/securityContext/runAsUser"));
        const auto fence = region.container(name).at("securityContext");
        EXPECT_EQ(fence.at("allowPrivilegeEscalation"), false);
        EXPECT_EQ(fence.at("readOnlyRootFilesystem"), true);
        EXPECT_EQ(fence.at_pointer("/capabilities/drop/0"), "ALL");
    }
}

TEST_F(KubernetesTest, SecretsAreThoseThatTheFileAndTheRunbookName) {
    const Region region("region-a");
    const std::string runbook = read("docs/operations.md");
    const std::string file = read(std::string(kFolder) + "region-a/syncwatch.toml");
    const auto wanted = all(file, "/run/secrets/syncwatch/([a-z0-9.-]+)");
    EXPECT_EQ(wanted, all(runbook, "--from-file=([a-z0-9.-]+)"));
    for (const auto& [name, deployment] : region.of("Deployment")) {
        std::map<std::string, std::string> mounted;
        for (const auto& each : region.container(name).at("volumeMounts").as_array()) {
            mounted[text(each.at("name"))] = text(each.at("mountPath"));
        }
        EXPECT_EQ(mounted["secrets"], "/run/secrets/syncwatch");
        EXPECT_EQ(mounted["config"], "/etc/syncwatch");
        EXPECT_EQ(mounted["data"], "/var/lib/syncwatch");
        EXPECT_EQ(text(region.container(name).at("args").as_array().back()),
                  "/etc/syncwatch/syncwatch.toml");
    }
    EXPECT_NE(file.find("dir = \"/var/lib/syncwatch\""), std::string::npos);
}

}  // namespace
}  // namespace syncwatch::deploy
